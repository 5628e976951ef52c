import { type Directives, splitWords } from '../model/directives.js';
import { lastOf } from './seed.js';

/** Which files a data node loads at its start, relative to its data directory. */
export type DataLayout =
  | {
      readonly appendOnly: true;
      readonly directory: string;
      readonly name: string;
      /** A rewrite gives commands again, and no dump. */
      readonly plainRewrites?: true;
    }
  | { readonly appendOnly: false; readonly name: string };

/**
 * What a node with this conf loads: with `appendonly yes` nothing but the append-only file
 * (server.c, loadDataFromDisk).
 * @param conf as it is kept, or the template that it will be made from
 * @param further directives of the spec; they come last in a conf that is written anew
 */
export function dataLayout(conf: string, further: Directives = {}): DataLayout {
  const word = (name: string, fallback: string) =>
    splitWords(further[name]?.at(-1) ?? '')?.[0] ?? lastOf(conf, name, fallback);
  if (word('appendonly', 'no').toLowerCase() !== 'yes')
    return { appendOnly: false, name: word('dbfilename', 'dump.rdb') };
  const isPlain = word('aof-use-rdb-preamble', 'yes').toLowerCase() === 'no';
  return {
    appendOnly: true,
    directory: word('appenddirname', 'appendonlydir'),
    name: word('appendfilename', 'appendonly.aof'),
    ...(isPlain ? { plainRewrites: true } : {}),
  };
}

/**
 * Names of the files that a manifest of an append-only file lists, without those of the past
 * (aof.c, aofLoadManifestFromFile); undefined when the server would refuse it.
 */
export function filesInManifest(text: string): string[] | undefined {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) return undefined;
  const found: string[] = [];
  for (const line of lines) {
    const words = splitWords(line) ?? [];
    const value = (key: string) => words[words.indexOf(key, 0) + 1] ?? '';
    const [name, type] = [value('file'), value('type')];
    if (words[0] !== 'file' || name === '' || name.includes('/')) return undefined;
    if (!['b', 'h', 'i'].includes(type) || Number.isNaN(Number(value('seq') || 'x')))
      return undefined;
    if (type !== 'h') found.push(name);
  }
  return found;
}

/** A file that is larger than this holds data: a dump of nothing has a few fields (rdb.c). */
export const LARGEST_EMPTY_DUMP = 1024;
/** A dump without a key that every server since 5.0 loads; a checksum of 0 is not checked (rdb.c, rdbLoadRio). */
export const EMPTY_DUMP = Buffer.from([...Buffer.from('REDIS0009'), 0xff, ...Buffer.alloc(8)]);
const AUX = 0xfa;
const END_OF_FILE = 0xff;
const HEAD_BYTES = 9;
const CHECKSUM_BYTES = 8;
const INTEGER_OF_FOUR = 0xc2;

/**
 * True of a dump in which there is not a single key, and after which nothing follows, as in an
 * append-only file that was begun a moment ago. In doubt false.
 */
export function isEmptyDump(bytes: Buffer): boolean {
  if (bytes.length === 0) return true;
  if (!/^(REDIS|VALKEY)\d{3}/.test(bytes.toString('latin1', 0, HEAD_BYTES))) return false;
  let at: number | undefined = HEAD_BYTES;
  while (at !== undefined && bytes[at] === AUX) {
    const value = afterString(bytes, at + 1);
    at = value === undefined ? undefined : afterString(bytes, value);
  }
  return at !== undefined && bytes[at] === END_OF_FILE && bytes.length <= at + 1 + CHECKSUM_BYTES;
}

/** Who has written a dump, by its first bytes; undefined where it does not say so. */
export function dumpWriter(
  head: Buffer,
): { readonly product: 'redis' | 'valkey'; readonly version: string } | undefined {
  let at = HEAD_BYTES;
  while (head[at] === AUX) {
    const value = afterString(head, at + 1);
    const end = value === undefined ? undefined : afterString(head, value);
    if (value === undefined || end === undefined) return undefined;
    // A short text has its length in one byte before it.
    const [name, text] = [
      head.toString('latin1', at + 2, value),
      head.toString('latin1', value + 1, end),
    ];
    const isVersion = /^[0-9][0-9a-z.-]{0,30}$/.test(text);
    if (name === 'redis-ver' && isVersion) return { product: 'redis', version: text };
    if (name === 'valkey-ver' && isVersion) return { product: 'valkey', version: text };
    at = end;
  }
  return undefined;
}

/** When a dump was made (ms since 1970, to the second), by its first bytes; undefined where it does not say so. */
export function dumpTime(head: Buffer): number | undefined {
  let at = HEAD_BYTES;
  while (head[at] === AUX) {
    const value = afterString(head, at + 1);
    const end = value === undefined ? undefined : afterString(head, value);
    if (value === undefined || end === undefined) return undefined;
    if (head.toString('latin1', at + 2, value) === 'ctime') {
      // Until 2038 it is an integer of four bytes (rdb.c, rdbEncodeInteger).
      const isShort = head[value] === INTEGER_OF_FOUR && end <= head.length;
      return isShort ? head.readInt32LE(value + 1) * 1000 : undefined;
    }
    at = end;
  }
  return undefined;
}

/** Where a string of a dump ends (rdb.c, rdbLoadLenByRef); undefined for what no short field has. */
function afterString(bytes: Buffer, at: number): number | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  const [form, low] = [first >> 6, first & 0x3f];
  if (form === 0) return at + 1 + low;
  if (form === 1) return at + 2 + (low << 8) + (bytes[at + 1] ?? 0);
  // Integers of one, two and four bytes.
  if (form === 3 && low <= 2) return at + 1 + 2 ** low;
  return undefined;
}
