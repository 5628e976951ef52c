import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  parseDocument,
  visit,
} from 'yaml';
import { clipped, shown } from '../model/shown.js';
import type { Layer } from './layers.js';
import { yamlWords } from './yaml-words.js';

/** Far more than a spec has: one that names each of 170 nodes takes 20 KiB. */
const MOST_CHARACTERS = 64 * 1024;

/** A spec has four; the parser itself ends in a crash beyond some hundred. */
const MOST_LEVELS = 40;

/** More of one file helps nobody. */
const MOST_PROBLEMS = 20;

/**
 * A spec file. Syntax errors come back as problems, with the line.
 * @param source the YAML text
 * @param path how the user calls the file
 */
export function fileLayer(source: string, path: string): { layer: Layer; problems: string[] } {
  const nothing = (problem: string) => ({ layer: layerOf({}, path), problems: [problem] });
  if (source.length > MOST_CHARACTERS) return nothing(`${path} is larger than 64 KiB`);
  if (isDeep(source)) return nothing(`${path}: its lists and maps are nested too deeply`);
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    // Both take quadratic time.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const at = (offset: number) => lines.linePos(offset).line || 1;
  const problems = problemsOf(document).map(
    ({ offset, words }) => `${path}:${at(offset)}: ${words}`,
  );
  if (problems.length > 0) {
    return { layer: layerOf({}, path), problems: [...new Set(problems)].slice(0, MOST_PROBLEMS) };
  }
  const content: unknown = document.toJS({ maxAliasCount: 0 });
  if (content === null || content === undefined) return nothing(`${path} says nothing`);
  if (!isRecord(content)) return nothing(`${path}:1: keys with values were expected: "name: demo"`);
  const lineOf = (keys: readonly PropertyKey[]) => at(offsetOf(document, keys));
  return { layer: layerOf(content, path, lineOf), problems: [] };
}

function layerOf(
  values: Readonly<Record<string, unknown>>,
  path: string,
  lineOf: (keys: readonly PropertyKey[]) => number = () => 1,
): Layer {
  return { values, where: (...keys) => `${path}:${lineOf(keys)}: ${keys.map(clipped).join('.')}` };
}

/** Found out by the part of the parser that does not call itself for each level. */
function isDeep(source: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(source)) {
    // Its tokens are of no interest, but it only goes on when they are asked for.
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > MOST_LEVELS) return true;
  }
  return false;
}

interface Problem {
  readonly offset: number;
  readonly words: string;
}

function problemsOf(document: Document.Parsed): Problem[] {
  const syntax = [...document.errors, ...document.warnings].map((error) => ({
    offset: error.pos[0],
    words: yamlWords(error),
  }));
  return syntax.length > 0 ? syntax : contentProblems(document);
}

/** What is YAML, and no spec: aliases, and keys that are there twice or are no words. */
function contentProblems(document: Document.Parsed): Problem[] {
  const found: Problem[] = [];
  visit(document, {
    Alias: (_, { range }) => {
      found.push({
        offset: range?.[0] ?? 0,
        words: 'aliases (*name) are not read; write the value out',
      });
    },
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (isAlias(key)) continue;
        const offset = startOf(key);
        if (!isScalar(key)) found.push({ offset, words: 'a key is a word, not a list or a map' });
        const name = String(isScalar(key) ? key.value : '');
        if (seen.has(name)) found.push({ offset, words: `${shown(name)} is there twice` });
        seen.add(name);
      }
    },
  });
  return found;
}

/** Where in the text the last of these keys stands that is there. */
function offsetOf(document: Document.Parsed, keys: readonly PropertyKey[]): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const key of keys) {
    const found: unknown = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))
      : isSeq(node)
        ? node.items[Number(key)]
        : undefined;
    if (found === undefined || found === null) break;
    offset = startOf(isPair(found) ? found.key : found);
    node = isPair(found) ? found.value : found;
  }
  return offset;
}

function startOf(node: unknown): number {
  return isNode(node) ? ((node as Node).range?.[0] ?? 0) : 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
