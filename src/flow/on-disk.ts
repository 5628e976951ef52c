import { dirname } from 'node:path';
import type { FileStore } from '../host/file-store.js';
import type { ConfAmiss, OnDisk, RedisFacts } from '../model/observation.js';
import { dataLayout } from '../plan/data-files.js';
import { diskOf } from './holdings.js';

/** Where a node keeps its data, and its conf. */
export interface DataPlace {
  readonly dataDirectory: string;
  readonly confFile: string;
}

/**
 * Whether what a data node that runs has written is where it is looked for at its next start. A server
 * goes on with open files that have no name any more, and sees nothing of it.
 * @param facts what it says of itself, before the files are looked at; undefined where it was not asked
 * @returns undefined where that cannot be told
 */
export async function onDisk(
  { dataDirectory, confFile }: DataPlace,
  files: FileStore,
  facts: RedisFacts | undefined,
): Promise<OnDisk | undefined> {
  try {
    if ((await files.look(dataDirectory))?.isDirectory !== true) return 'gone';
    if (facts === undefined) return undefined;
    const conf = await files.readText(confFile);
    const layout = dataLayout(conf ?? 'appendonly yes');
    if (!layout.appendOnly) return undefined;
    if (!facts.appendOnly) return 'unsaved';
    const { written } = facts;
    if (written === undefined) return undefined;
    const held = await diskOf(dataDirectory, layout, files);
    if (held.is === 'nothing' || held.is === 'broken') return 'gone';
    if (held.is === 'empty') return written.keys > 0 ? 'other' : 'there';
    return held.bytes < written.bytes ? 'other' : 'there';
  } catch {
    return undefined;
  }
}

/**
 * What is in the place of the conf of a node that runs, where it is no file; nothing where it is one, or
 * that cannot be told. A server that saves its conf waits for ever at a pipe (config.c,
 * rewriteConfigReadOldFile).
 */
export async function confAmiss(
  path: string | undefined,
  files: Pick<FileStore, 'look'>,
): Promise<ConfAmiss | undefined> {
  if (path === undefined) return undefined;
  const found = await files.look(path).catch(() => 'unknown' as const);
  if (found === 'unknown') return undefined;
  if (found === undefined) {
    // A node whose whole directory is gone is told by its data; a conf that is written now, it would not see.
    const folder = await files.look(dirname(dirname(path))).catch(() => undefined);
    return folder === undefined ? undefined : { is: 'gone', path };
  }
  return found.isDirectory || found.isOther === true ? { is: 'other', path } : undefined;
}
