import type { NodeKind } from '../model/topology.js';

/**
 * What a conf that is kept must say, else its server would start as somebody else: without data,
 * or watching nobody. Undefined when all is there; what else is wrong its server says itself.
 */
export function lackOf(text: string, kind: NodeKind, masterName: string): string | undefined {
  if (text.trim() === '') return 'it is empty';
  const needed = kind === 'redis' ? ['port', 'dir'] : ['port', `sentinel monitor ${masterName}`];
  const missing = needed.filter((directive) => !says(text, directive));
  return missing.length === 0 ? undefined : `it has no line \`${missing.join('` and no line `')}\``;
}

/** Words of a conf may be quoted. */
function says(text: string, directive: string): boolean {
  return text.split(/\r?\n/).some((line) => {
    const words = line.trim().split(/\s+/).map(unquoted);
    return directive.split(' ').every((word, i) => same(words[i], word, i));
  });
}

/** Names of directives are in any case, those of masters are not. */
function same(said: string | undefined, word: string, at: number): boolean {
  return at < 2 ? said?.toLowerCase() === word.toLowerCase() : said === word;
}

function unquoted(word: string): string {
  return word.replace(/^"(.*)"$/, '$1');
}
