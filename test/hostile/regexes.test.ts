import { parseSync } from '@swc/core';
import { sourceFiles, sourceOf } from '../helpers/imports.js';

interface Expression {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/**
 * Expressions with several repetitions, or that are searched for anywhere in a text, and that are
 * linear all the same. Each was proven so with recheck (`npx recheck`, an analysis of automata), or by
 * hand where that gives up: behind one loop, the first place that fits ends it. It
 * is too large to be installed for this; whoever adds an expression proves it, too.
 */
const PROVEN = new Set<string>([
  '/ name=sentinel-[0-9a-f]+-cmd /',
  '/(?:^|, )([^:]+):("(?:[^"\\\\]|\\\\.)*"|[^,]*)/gy',
  '/,? with args beginning with:.*$/s',
  '/-----BEGIN ([A-Z0-9 ]+)-----/g',
  '/^rsent \\S+ \\S+/',
  '/^(?:redis|sentinel)\\.conf\\.(?=.*\\d)(?=.*[a-z])(?=.+[A-Z])[A-Za-z0-9]{6}$/',
  '/[-:]|\\..*/g',
  '/\\x1b\\[[0-9;?]*[ -/]*[@-~]|[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]/g',
  '/^((master|replica|sentinel)(:\\d+)?|(redis|sentinel)-\\d+)$/',
  '/^(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(?:\\.[A-Za-z0-9_-]{1,63})*$/',
  '/^([^#:]+)#(\\d+)$/',
  '/^(\\[[0-9a-f:.]+\\]|[^\\s:[\\]]+):(\\d{1,5})$/i',
  '/^(\\d+(?:\\.\\d+)?)(ms|s|m|h)?$/',
  '/^(\\w+)-(\\d+)$/',
  '/^(localhost|127\\.\\d+\\.\\d+\\.\\d+|::1)$/',
  '/^(yes|no|always|everysec|(no|all)[a-z]+-[a-z-]+|volatile-[a-z]+)$/',
  '/^-?\\d+(\\.\\d+)?$/',
  '/^[a-z]+:\\/\\/(?:[^@/]*@)?(\\[[^\\]]*\\]|[^:/]*)/',
  '/^\\s*(sentinel\\s+)?([a-z0-9_-]+)(?=\\s|$)/i',
  '/v=(\\d+\\.\\d+\\.\\d+)/',
]);

/** Files that put expressions together, of constants only: each of these was looked at, too. */
const MADE = ['plan/own-files.ts'];

/** Every regular expression that is written in a file. */
function expressionsIn(file: string): Expression[] {
  const found: Expression[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && node.type === 'RegExpLiteral') {
      const { pattern, flags } = node as unknown as { pattern: string; flags: string };
      found.push({ file, source: pattern, flags });
    }
    for (const value of Object.values(node)) visit(value);
  };
  visit(parseSync(sourceOf(file), { syntax: 'typescript', target: 'es2023' }));
  return found;
}

/** The expression without escapes and classes, so that what is left of its signs has its meaning. */
function skeleton(source: string): string {
  return source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
}

/**
 * Linear by its form: nothing in it repeats without bound; or one thing does, which is no group, in
 * one attempt only, made at the beginning of the text or where the last one ended; or it is one
 * class with a plus, which takes all that it finds.
 */
function isPlain({ source, flags }: Expression): boolean {
  const bare = skeleton(source);
  const repeated = bare.match(/.[*+]|.\{\d+,\}/gs) ?? [];
  if (repeated.length === 0 || /^x\+$/.test(bare)) return true;
  const isAnchored = bare.startsWith('^') && !flags.includes('m') && !hasBranches(bare);
  const isOnce = flags.includes('y') || isAnchored;
  return isOnce && repeated.length === 1 && !repeated[0]?.startsWith(')');
}

/** An alternative outside all groups that is not anchored itself. */
function hasBranches(bare: string): boolean {
  let depth = 0;
  return [...bare].some((char, at) => {
    if (char === '(') depth++;
    if (char === ')') depth--;
    return char === '|' && depth === 0 && bare[at + 1] !== '^';
  });
}

/** As it is written. */
function nameOf({ source, flags }: Expression): string {
  return `/${source}/${flags}`;
}

const expressions = sourceFiles().flatMap(expressionsIn);

describe('regular expressions', () => {
  it('of rsent are linear by their form, or proven to be', () => {
    const unproven = expressions.filter((each) => !isPlain(each) && !PROVEN.has(nameOf(each)));
    expect(expressions.length).toBeGreaterThan(100);
    expect(unproven.map((each) => `${each.file}: ${nameOf(each)}`)).toEqual([]);
  });

  it('are written out, so that they can be looked at', () => {
    const made = sourceFiles().filter((file) => /\bRegExp\(/.test(sourceOf(file)));
    expect(made.filter((file) => !MADE.includes(file))).toEqual([]);
  });

  it.each([
    [/(a+)+b/],
    [/^(a*)*$/],
    [/\s*$/],
    [/-----BEGIN X-----.*?-----END X-----/gs],
    [/container name .* is already in use/],
    [/(\d+) usable/],
    [/^a+a+$/],
    [/^a+$/m],
    [/^a|b+$/],
    [/^(a+|b+)$/],
  ])('such as %s has to be proven', ({ source, flags }) => {
    expect(isPlain({ file: 'x', source, flags })).toBe(false);
  });
});
