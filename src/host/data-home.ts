import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { RsentError } from '../model/errors.js';
import type { TopologyRecord } from '../model/topology.js';
import { namesIn, replaceFile } from './disk.js';
import { fileVersion } from './file-facts.js';
import { LOCAL_FILES } from './file-store.js';
import { parseRecord } from './record-text.js';

/** Name of the record in the directory of its topology. */
export const RECORD_FILE = 'topology.json';

/** Where topologies keep conf and data: the flag, else RSENT_DATA_DIR, else the XDG data directory. */
export function dataHome(flag: string | undefined, env: NodeJS.ProcessEnv): string {
  const chosen = flag || env['RSENT_DATA_DIR'];
  if (chosen) return resolve(chosen);
  const xdg = env['XDG_DATA_HOME'];
  // The XDG specification says to ignore a relative path.
  const base = xdg?.startsWith('/') ? xdg : join(homedir(), '.local', 'share');
  return join(base, 'rsent');
}

/** Where facts that can be found out again are kept. */
export function cacheHome(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.cache'), 'rsent');
}

/** Where facts are kept that are of this user of this machine, whatever becomes of a data home. */
export function stateHome(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_STATE_HOME'];
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.local', 'state'), 'rsent');
}

/**
 * What was asked for a topology and where it was put; undefined when this data home has none of
 * that name.
 * @throws RsentError `topology` when the file is there but cannot be understood
 */
export async function readRecord(home: string, name: string): Promise<TopologyRecord | undefined> {
  const path = recordPath(home, name);
  const text = await LOCAL_FILES.readText(path);
  if (text === undefined) return undefined;
  const parsed = parseRecord(text, name);
  if ('record' in parsed) return parsed.record;
  const { problem, kind } = parsed;
  throw new RsentError('topology', `${path} cannot be used: ${problem}.`, {
    hint: `Conf and data beside it are untouched. ${REMEDIES[kind](name)}`,
  });
}

/** Each keeps the data. */
const REMEDIES = {
  damaged: (name) =>
    `Put back a copy of the file if you have one; else docs/operations.md says how to make ${name} again with its data.`,
  newer: () => 'Use that rsent, or a later one.',
  another: () =>
    'Put the file back where it belongs; each topology has a directory of its own name.',
} satisfies Record<string, (name: string) => string>;

/** Where a topology's record is. */
export function recordPath(home: string, name: string): string {
  return join(home, name, RECORD_FILE);
}

/** True when this data home keeps a topology of that name, understood or not. */
export async function hasRecord(home: string, name: string): Promise<boolean> {
  return (await fileVersion(recordPath(home, name))) !== undefined;
}

export async function writeRecord(home: string, record: TopologyRecord): Promise<void> {
  const path = join(home, record.spec.name, RECORD_FILE);
  await replaceFile(path, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

/** Names of the topologies that a data home keeps, running or asleep. */
export async function recordedNames(home: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await namesIn(home)) {
    if (await hasRecord(home, name)) found.push(name);
  }
  return found.sort();
}
