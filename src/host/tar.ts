import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import type { Owner } from '../model/container.js';

/** A file or a directory of a tar. */
export interface TarEntry {
  readonly name: string;
  readonly mode: number;
  readonly owner?: Owner;
  /** Absent, and so is `linkTo`: a directory. */
  readonly content?: string | Buffer;
  /** Another name for a file that comes before it, in the same directory. */
  readonly linkTo?: string;
}

/** A tar with these in it, as a stream. Files belong to root where nobody is named. */
export function tarStream(entries: readonly TarEntry[]): Readable {
  const pack = tar.pack();
  for (const { name, mode, owner = { uid: 0, gid: 0 }, content, linkTo } of entries) {
    if (linkTo !== undefined) pack.entry({ name, type: 'link', linkname: linkTo, mode, ...owner });
    else if (content === undefined) pack.entry({ name, type: 'directory', mode, ...owner });
    else pack.entry({ name, mode, ...owner }, content);
  }
  pack.finalize();
  return Readable.from(pack);
}

/** The same as one piece. */
export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  return buffer(tarStream(entries));
}

/**
 * How to unpack a file so that an old one of its name is whole until the new one is. Whoever unpacks
 * removes what is in the way, then writes; a full disk, an owner that cannot be or a connection that
 * breaks off in between would leave neither. So the new one comes beside it first, and then its name
 * is given to it; what is left beside it is empty.
 * @returns the file under its name beside the old one, and what must follow it in the tar
 */
export function inPlaceOf<E extends Pick<TarEntry, 'name' | 'mode' | 'owner'>>(
  file: E,
): { readonly beside: E; readonly after: readonly TarEntry[] } {
  const { name, mode, owner } = file;
  const same = { mode, ...(owner === undefined ? {} : { owner }) };
  const aside = `${name}.new`;
  return {
    beside: { ...file, name: aside },
    after: [
      { ...same, name, linkTo: aside },
      { ...same, name: aside, content: '' },
    ],
  };
}

/** The first file of a tar; undefined when it holds anything else, such as a link, first. */
export async function firstFile(
  archive: Buffer,
): Promise<(TarEntry & { readonly owner: Owner; readonly content: Buffer }) | undefined> {
  const extract = tar.extract();
  Readable.from([archive]).pipe(extract);
  for await (const entry of extract) {
    const { name, type, mode = 0, uid = 0, gid = 0 } = entry.header;
    if (type !== 'file') return undefined;
    return { name, mode: mode & 0o777, owner: { uid, gid }, content: await buffer(entry) };
  }
  return undefined;
}

/**
 * The first bytes of the first file of a tar; undefined when it holds anything else first. The
 * rest of the stream is not read.
 */
export async function headOf(archive: Readable, most: number): Promise<Buffer | undefined> {
  const extract = tar.extract();
  archive.on('error', (error) => extract.destroy(error)).pipe(extract);
  try {
    for await (const entry of extract) {
      if (entry.header.type !== 'file') return undefined;
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of entry) {
        chunks.push(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        if (bytes >= most) break;
      }
      return Buffer.concat(chunks).subarray(0, most);
    }
    return undefined;
  } finally {
    archive.destroy();
    extract.destroy();
  }
}

/** The last bytes of the first file of a tar; undefined when it holds anything else first. */
export async function tailOf(archive: Readable, most: number): Promise<Buffer | undefined> {
  for await (const { isFile, chunks } of entriesOf(archive)) {
    if (!isFile) return undefined;
    let [kept, bytes]: [Uint8Array[], number] = [[], 0];
    for await (const chunk of chunks) {
      kept.push(chunk);
      bytes += chunk.length;
      if (bytes < 2 * most) continue;
      kept = [Buffer.concat(kept).subarray(-most)];
      bytes = most;
    }
    const all = Buffer.concat(kept);
    return all.subarray(Math.max(0, all.length - most));
  }
  return undefined;
}

/**
 * A tar of one directory with all in it, as a tar of the directory under another name.
 * @param owner whom all of it belongs to then
 */
export function renamedTar(archive: Readable, name: string, owner: Owner): Readable {
  const [extract, pack] = [tar.extract(), tar.pack()];
  const copy = async () => {
    for await (const entry of extract) {
      const { mode = 0, size = 0, type, name: was } = entry.header;
      const way = [name, ...was.split('/').slice(1)].join('/');
      const header = { name: way, mode: mode & 0o777, ...owner };
      if (type === 'directory') pack.entry({ ...header, type });
      // A server leaves nothing else in its data directory.
      if (type === 'file') await pipeline(entry, pack.entry({ ...header, size }));
      entry.resume();
    }
    pack.finalize();
  };
  archive.on('error', (error) => extract.destroy(error)).pipe(extract);
  copy().catch((error: Error) => pack.destroy(error));
  return Readable.from(pack);
}

/** A file of a tar that is too large to be held in memory. */
export interface LargeEntry {
  readonly name: string;
  readonly mode: number;
  readonly owner?: Owner;
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

const BLOCK = 512;
/** Two empty blocks. */
const END = 2 * BLOCK;
/** Where the content of the first file begins. */
export const FIRST_CONTENT = BLOCK;

/**
 * A tar with small files and then a large one, piece by piece.
 * @param after what comes after the large one
 * @throws Error when the large one is longer or shorter than was said
 */
export async function* tarAround(
  small: readonly TarEntry[],
  { chunks, ...last }: LargeEntry,
  after: readonly TarEntry[] = [],
): AsyncGenerator<Uint8Array> {
  if (small.length > 0) yield (await tarOf(small)).subarray(0, -END);
  yield await headerOf(last);
  let seen = 0;
  for await (const chunk of chunks) {
    seen += chunk.length;
    if (seen > last.bytes) break;
    yield chunk;
  }
  if (seen !== last.bytes)
    throw new Error(`${last.name} is not of the ${last.bytes} bytes announced`);
  yield Buffer.alloc((BLOCK - (seen % BLOCK)) % BLOCK);
  yield await tarOf(after);
}

async function headerOf({
  name,
  mode,
  bytes,
  owner = { uid: 0, gid: 0 },
}: Omit<LargeEntry, 'chunks'>): Promise<Uint8Array> {
  const pack = tar.pack();
  // Nobody writes the content here; that it is missing is no error of anybody.
  pack.entry({ name, mode, size: bytes, ...owner }).on('error', () => undefined);
  for await (const header of piecesOf(pack)) return header;
  throw new Error(`no header for ${name}`);
}

/** A file or anything else in a tar that is read piece by piece. */
export interface FoundEntry {
  readonly name: string;
  readonly isFile: boolean;
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What is in a tar, one after the other; each must be read to its end before the next. */
export async function* entriesOf(archive: Readable): AsyncGenerator<FoundEntry> {
  const extract = tar.extract();
  archive.on('error', (error) => extract.destroy(error));
  archive.pipe(extract);
  try {
    for await (const entry of extract) {
      const { name, type, size = 0 } = entry.header;
      yield { name, isFile: type === 'file', bytes: size, chunks: piecesOf(entry) };
      entry.resume();
    }
  } finally {
    archive.destroy();
  }
}

/** The library does not say of what its streams consist. */
async function* piecesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) yield piece as Uint8Array;
}
