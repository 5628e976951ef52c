import { type Document, LineCounter, parseDocument } from 'yaml';
import { messageOf } from '../model/errors.js';
import { FIELDS, type FieldName, type SpecInput } from './fields.js';

/** Raw values from one place, before anyone has checked them. */
export interface Layer {
  readonly values: Readonly<Record<string, unknown>>;
  /** How the user knows this key: `rsent.yaml:4: quorum` or `--quorum`. */
  where(key: string): string;
}

/** Flags by their field names; undefined ones count as not given. */
export function flagLayer(flags: Readonly<Record<string, unknown>>): Layer {
  return { values: flags, where: (key) => (key === 'name' ? 'name' : `--${kebab(key)}`) };
}

/**
 * A spec file. Syntax errors come back as problems, with the line.
 * @param source the YAML text
 * @param path how the user calls the file
 */
export function fileLayer(source: string, path: string): { layer: Layer; problems: string[] } {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
  const problems = document.errors.map(
    (error) => `${path}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`,
  );
  const content: unknown = problems.length === 0 ? contentOf(document, path, problems) : {};
  const lineOf = keyLines(document.contents, lines);
  const layer = (values: Readonly<Record<string, unknown>>): Layer => ({
    values,
    where: (key) => `${path}:${lineOf.get(key) ?? 1}: ${key}`,
  });
  if (content === null) return { layer: layer({}), problems };
  if (!isRecord(content)) {
    return { layer: layer({}), problems: [`${path}:1: a mapping of keys to values was expected`] };
  }
  return { layer: layer(content), problems };
}

function contentOf(document: Document, path: string, problems: string[]): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    problems.push(`${path}: ${messageOf(error)}; write values out instead of aliases`);
    return {};
  }
}

function keyLines(contents: unknown, lines: LineCounter): Map<string, number> {
  const found = new Map<string, number>();
  if (!isRecord(contents) || !Array.isArray(contents['items'])) return found;
  for (const pair of contents['items']) {
    const key: unknown = isRecord(pair) ? pair['key'] : undefined;
    if (!isRecord(key) || !Array.isArray(key['range'])) continue;
    found.set(String(key['value']), lines.linePos(Number(key['range'][0])).line);
  }
  return found;
}

/** Each value checked by itself; every illegal one becomes a problem, the legal ones come back. */
export function checkLayer(layer: Layer): { input: SpecInput; problems: string[] } {
  const input: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, value] of Object.entries(layer.values)) {
    if (value === undefined) continue;
    if (!isField(key)) {
      problems.push(
        `${layer.where(key)} is not known; known are ${Object.keys(FIELDS).join(', ')}`,
      );
      continue;
    }
    const result = FIELDS[key].safeParse(value);
    if (result.success) input[key] = result.data;
    else problems.push(...wrong(layer.where(key), value, result.error.issues));
  }
  return { input: input as SpecInput, problems };
}

/** A value of one key; where it has parts, each part that is wrong. */
function wrong(
  where: string,
  value: unknown,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string[] {
  const parts = issues.some(({ path }) => path.length > 0) ? issues : issues.slice(0, 1);
  return parts.map(({ path, message }) => {
    const part = path.reduce<unknown>((from, key) => Object(from)[key], value);
    return `${[where, ...path].join('.')} is ${shown(part)}; legal is ${message}`;
  });
}

function isField(key: string): key is FieldName {
  return Object.hasOwn(FIELDS, key);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
