import type { YAMLError } from 'yaml';

/** What each kind of mistake in YAML is called, and what to do about it. */
const WORDS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  ALIAS_PROPS: 'an alias (*name) stands alone',
  BAD_ALIAS: 'an alias is a "*" and a name; a text that begins with "*" needs quotes',
  BAD_DIRECTIVE: 'a line that begins with "%" is no part of a spec',
  BAD_DQ_ESCAPE: 'a "\\" between double quotes is written "\\\\"',
  BAD_INDENT: 'the indentation does not fit, or a "]" or "}" is missing',
  BAD_PROP_ORDER: 'what follows "&" or "!" stands at the wrong place',
  BAD_SCALAR_START: 'a text that begins like this needs quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'there is a key too much, or indentation too much, on this line or the next',
  BLOCK_IN_FLOW: 'a list or map within "[" or "{" is written with "[" or "{", too',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a quote, a comma, a colon or a bracket is missing',
  MULTILINE_IMPLICIT_KEY: 'this is no "key: value"; a space follows the colon',
  MULTIPLE_ANCHORS: 'one anchor (&name) is enough',
  MULTIPLE_DOCS: 'a second document begins here; a spec file has one',
  MULTIPLE_TAGS: 'one tag (!name) is enough',
  NON_STRING_KEY: 'a key is a word',
  TAB_AS_INDENT: 'a tab cannot indent a line; spaces do',
  TAG_RESOLVE_FAILED: 'a tag ("!" and a name) is no part of a spec; leave it out',
  UNEXPECTED_TOKEN:
    'this is more than a value may have; a text with special characters needs quotes',
};

/** A mistake in YAML in plain words, without the place. */
export function yamlWords({ code }: YAMLError): string {
  return WORDS[code] ?? 'this is not YAML';
}
