import { type Document, LineCounter, parseDocument } from 'yaml';
import { messageOf } from '../model/errors.js';
import type { Layer } from './layers.js';

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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
