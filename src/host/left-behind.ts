import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TOPOLOGY_NAME } from '../model/constants.js';
import { codeOf, messageOf, RsentError } from '../model/errors.js';
import type { HomeDirectory, HomeEntry, RecordState } from '../model/prune.js';
import { type Entry, isSigned, linksIn, ownWithout } from '../plan/own-files.js';
import { readRecord } from './data-home.js';
import { namesIn } from './disk.js';
import { isLocked } from './lock.js';
import { placeAt, removeOwn } from './own-files.js';

const RECORD_FILE = 'topology.json';
/** So much of a conf is read to see who wrote it (bytes). */
const START = 256;

/**
 * What is in the place of a topology's record. Its path may come from a label: nothing is made
 * there, and only a plain file is read.
 * @param directory of the topology, whose name is its own
 */
export async function recordStateAt(directory: string): Promise<RecordState> {
  try {
    const file = await stat(join(directory, RECORD_FILE)).catch(unlessMissing);
    if (file === undefined) return { kind: 'none' };
    if (!file.isFile()) return { kind: 'unclear' };
  } catch {
    return { kind: 'unreadable' };
  }
  return understand(directory);
}

/** The same, and whether another rsent works on the topology. */
export async function foreignRecordStateAt(directory: string): Promise<RecordState> {
  const isBusy = await isLocked(dirname(directory), basename(directory));
  return isBusy ? { kind: 'busy' } : recordStateAt(directory);
}

async function understand(directory: string): Promise<RecordState> {
  const name = basename(directory);
  try {
    const record = await readRecord(dirname(directory), name);
    if (record === undefined) return { kind: 'none' };
    return record.spec.name === name ? { kind: 'record', record } : { kind: 'unclear' };
  } catch (error) {
    const cause = error instanceof RsentError ? codeOf(error.cause) : undefined;
    return { kind: cause === undefined ? 'unclear' : 'unreadable' };
  }
}

/** True when there is a directory, or a link to one. */
export async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The directories in a data home that have the name of a topology. No link is followed. */
export async function topologyDirectories(home: string): Promise<HomeDirectory[]> {
  const names = (await namesIn(home)).filter((name) => TOPOLOGY_NAME.test(name)).sort();
  const found = await Promise.all(
    names.map(async (topology) => {
      const inside = await insideOf(join(home, topology));
      if (inside === undefined) return [];
      const entries = await Promise.all(
        inside.map((name) => entryAt(join(home, topology, name), name)),
      );
      return [{ topology, entries }];
    }),
  );
  return found.flat();
}

async function entryAt(path: string, name: string): Promise<HomeEntry> {
  const inside = await insideOf(path);
  if (inside === undefined) return { name };
  const signed = inside.includes('conf') && (await hasSignedConf(join(path, 'conf')));
  return { name, inside, ...(signed ? { signed } : {}) };
}

/** No link is followed, and no more is read than the line that says it. */
async function hasSignedConf(directory: string): Promise<boolean> {
  const names = (await insideOf(directory)) ?? [];
  const confs = ['redis.conf', 'sentinel.conf'].filter((name) => names.includes(name));
  const signed = await Promise.all(
    confs.map((name) => startOf(join(directory, name)).then(isSigned)),
  );
  return signed.includes(true);
}

/** Empty where it is no plain file, or cannot be read. */
async function startOf(path: string): Promise<string> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) return '';
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(START), position: 0 });
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}

/** Undefined for what is no directory; a link is none. None of one that cannot be read. */
async function insideOf(path: string): Promise<string[] | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return undefined;
  return (await readdir(path).catch((): string[] => [])).sort();
}

/**
 * Remove of a directory of a data home what is rsent's own, and the directory where nothing else is in
 * it. Not being there is no error.
 * @param way the names that lead to it: no more than names, and none of them a link
 * @throws RsentError `topology` when there is something else, or the disk refuses
 */
export async function removeFromHome(home: string, way: readonly string[]): Promise<void> {
  const path = join(home, ...way);
  const isPlain =
    way.length > 0 && way.every((name) => /^[^/\0]+$/.test(name) && !/^\.\.?$/.test(name));
  if (!isPlain) throw new RsentError('bug', `${JSON.stringify(path)} is not below ${home}.`);
  const found = await lstat(path).catch(unlessMissing);
  if (found === undefined) return;
  const isReal = (await realpath(path)) === join(await realpath(home), ...way);
  if (!found.isDirectory() || !isReal) {
    throw new RsentError('topology', `${path} is not a directory of its own, but leads elsewhere.`);
  }
  await removeNodes(home, way);
  if ((await lstat(path).catch(unlessMissing)) === undefined) return;
  throw new RsentError(
    'topology',
    `${path} is left: there is something in it that rsent did not make.`,
  );
}

/** The directory of a topology with those of its nodes, or one of the latter. */
async function removeNodes(
  home: string,
  [topology = '', folder]: readonly string[],
): Promise<void> {
  const directory = join(home, topology);
  const place = await placeAt(directory);
  if (place.kind !== 'directory') return;
  const isNode = (entry: Entry) => entry.kind === 'directory';
  const nodes = new Set(place.entries.filter(isNode).map(({ name }) => name));
  const folders = folder === undefined ? [...nodes] : [folder];
  const [linked] = linksIn(place.entries, folders);
  if (linked !== undefined) {
    const path = join(directory, ...linked);
    throw new RsentError('topology', `${path} is a link: nothing was removed here.`);
  }
  await removeOwn(
    directory,
    ownWithout(place.entries, folder, (name) => nodes.has(name)),
  );
}

/** What the files in a directory hold (bytes); undefined when there are more than so many. */
export async function sizeOf(path: string, most: number): Promise<number | undefined> {
  let bytes = 0;
  let seen = 0;
  const open = [path];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      if (++seen > most) return undefined;
      const below = join(at, entry.name);
      if (entry.isDirectory()) open.push(below);
      else bytes += (await lstat(below).catch(() => undefined))?.size ?? 0;
    }
  }
  return bytes;
}

function unlessMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
  throw new RsentError('topology', messageOf(error), { cause: error });
}
