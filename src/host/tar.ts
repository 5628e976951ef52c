import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import tar from 'tar-stream';
import type { Owner } from '../model/plan.js';

/** A file or a directory of a tar. */
export interface TarEntry {
  readonly name: string;
  readonly mode: number;
  readonly owner?: Owner;
  /** Absent: a directory. */
  readonly content?: string | Buffer;
}

/** A tar with these in it, as a stream. Files belong to root where nobody is named. */
export function tarStream(entries: readonly TarEntry[]): Readable {
  const pack = tar.pack();
  for (const { name, mode, owner = { uid: 0, gid: 0 }, content } of entries) {
    if (content === undefined) pack.entry({ name, type: 'directory', mode, ...owner });
    else pack.entry({ name, mode, ...owner }, content);
  }
  pack.finalize();
  return Readable.from(pack);
}

/** The same as one piece. */
export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  return buffer(tarStream(entries));
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
