import { type Directives, tidyLine } from '../model/directives.js';
import * as z from './zod.js';

/** What one place says of directives that are passed through. */
export interface FurtherInput {
  /** True when it says all that there shall be; else it adds to what the places below it say. */
  readonly isWhole: boolean;
  /** Null: to be taken away. */
  readonly directives: Readonly<Record<string, readonly string[] | null>>;
}

const FORM =
  'a map of directives, each with a text, a number, true or false, or a list of these; or lines such as "save 900 1"';
const ONE_LINE = 'a value on one line, as after the name in redis.conf, with quotes in pairs';
const NAME = /^[a-z][a-z0-9._-]{0,63}$/;

/** Name and value; undefined where it can be no directive. */
type Line = readonly [name: string, value: string];

/**
 * The field for directives that are passed through: a map, as in a spec file, or a list of lines,
 * as flags give them; a line of a name alone takes the directive away.
 */
export const furtherField = z.unknown().transform((value, context): FurtherInput => {
  const wrong = (message: string, path: string[] = []) => {
    context.addIssue({ code: 'custom', message, path });
    return z.NEVER;
  };
  if (Array.isArray(value)) return patchOf(value, wrong);
  if (typeof value !== 'object' || value === null) return wrong(FORM);
  const found: Record<string, string[]> = {};
  for (const [key, said] of Object.entries(value)) {
    const values = (Array.isArray(said) ? said : [said]).map(valueText);
    if (values.some((each) => each === undefined)) {
      wrong('a text, a number, true or false, or a list of these', [key]);
    }
    for (const each of values) add(found, [key, each ?? ''], (message) => wrong(message, [key]));
  }
  return { isWhole: true, directives: found };
});

type Wrong = (message: string) => unknown;

function patchOf(lines: readonly unknown[], wrong: Wrong): FurtherInput {
  const found: Record<string, string[] | null> = {};
  for (const line of lines) {
    const { name, value } = partsOf(String(line).trim());
    if (name === '') wrong('a directive and its value, such as "save 900 1"');
    else if (value === '') found[tidyName(name)] = null;
    else add(found, [name, value], wrong);
  }
  return { isWhole: false, directives: found };
}

/** The name that a line begins with, of two words behind `sentinel`, and the rest of it. */
function partsOf(line: string): { readonly name: string; readonly value: string } {
  const first = wordOf(line);
  const rest = line.slice(first.length).trimStart();
  if (first.toLowerCase() !== 'sentinel' || rest === '') return { name: first, value: rest };
  const second = wordOf(rest);
  return { name: `${first} ${second}`, value: rest.slice(second.length).trimStart() };
}

function wordOf(text: string): string {
  const end = text.search(/\s/);
  return end < 0 ? text : text.slice(0, end);
}

/** `sentinel` alone is no directive: the word after it belongs to the name. */
function add(found: Record<string, string[] | null>, [key, text]: Line, wrong: Wrong): void {
  if (hasControls(text)) {
    wrong(ONE_LINE);
    return;
  }
  const option = wordOf(text.trimStart());
  const rest = text.trimStart().slice(option.length).trimStart();
  const isSplit = key.trim().toLowerCase() === 'sentinel' && option !== '';
  const name = tidyName(isSplit ? `sentinel ${option}` : key);
  const value = isSplit ? rest : text;
  if (!NAME.test(name.replace(/^sentinel /, ''))) {
    wrong('the name of a directive, of letters, digits, ".", "-" and "_"');
    return;
  }
  const line = value.trim() === '' ? '""' : tidyLine(value);
  if (line === undefined) {
    wrong(ONE_LINE);
    return;
  }
  found[name] = [...((Object.hasOwn(found, name) && found[name]) || []), line];
}

/** Those below the blank, and DEL. */
function hasControls(text: string): boolean {
  return [...text].some((char) => char < ' ' || char === '\x7f');
}

function tidyName(name: string): string {
  return name.trim().toLowerCase().replace(/\s+/g, ' ');
}

function valueText(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** What two places say together; the upper one wins. */
export function joinFurther(lower: FurtherInput | undefined, upper: FurtherInput): FurtherInput {
  if (upper.isWhole || lower === undefined) return upper;
  return { isWhole: lower.isWhole, directives: { ...lower.directives, ...upper.directives } };
}

/** The directives that there shall be. */
export function directivesOf(input: FurtherInput | undefined): Directives {
  return Object.fromEntries(
    Object.entries(input?.directives ?? {}).filter(
      (entry): entry is [string, readonly string[]] => entry[1] !== null && entry[1].length > 0,
    ),
  );
}

/**
 * The same, with those of before that are not among them as given no times: they are still to be
 * taken away.
 */
export function withDropped(before: Directives, now: Directives): Directives {
  const dropped = Object.keys(before).filter((name) => !Object.hasOwn(now, name));
  return { ...now, ...Object.fromEntries(dropped.map((name) => [name, []])) };
}
