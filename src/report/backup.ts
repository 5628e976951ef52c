import type { BackupManifest, DatabaseCount, DumpSource } from '../model/backup.js';
import { shellWord } from '../model/shell.js';
import { harmless } from './text.js';

/** Of a topology's name (TOPOLOGY_NAME). */
const LONGEST = 40;

/** What a copy is called. */
const SECOND = '-2';

interface Kept {
  readonly file: string;
  readonly manifest: BackupManifest;
}

/** The document that `backup --json` prints: the manifest without the spec, and where the file is. */
export function backupJson({ file, manifest }: Kept): object {
  const { spec: _, kind: __, ...facts } = manifest;
  return { ...facts, file };
}

export function backupText({ file, manifest }: Kept): string {
  const { topology, node, server, dump, replication, databases } = manifest;
  const from = node.role === 'master' ? 'the master, as it has no replica' : 'a replica in sync';
  return [
    `${topology} is kept in ${harmless(file)}: ${keysText(databases)}, ${size(dump.bytes)}.`,
    `Saved by ${node.name} (${from}; ${server.product} ${server.version}) at offset ${replication.offset}; the master was at ${replication.masterOffset}.`,
    `rsent restore ${topology.slice(0, LONGEST - SECOND.length)}${SECOND} --from ${shellWord(file)} makes a new topology with it.`,
  ].join('\n');
}

/** What `restore` says besides what `up` does. */
interface Restored {
  readonly file: string;
  readonly source: DumpSource;
  /** Of a backup; undefined of a dump. */
  readonly manifest: BackupManifest | undefined;
  /** What the new master holds. */
  readonly databases: readonly DatabaseCount[];
}

/** The part of the document of `restore --json` that is about the data. */
export function restoredJson({ file, source, manifest, databases }: Restored): object {
  const { bytes, sha256 } = source.dump;
  const from = { topology: manifest?.topology ?? null, at: manifest?.at ?? null };
  const saved = source.databases ?? null;
  return { restored: { file, ...from, bytes, sha256, saved, databases } };
}

export function restoredText({ file, source, manifest, databases }: Restored): string {
  const is = total(databases);
  const was = total(source.databases ?? databases);
  const gone = was > is ? ` of ${was}; the others had a time to live, which is over` : '';
  const { product, version } = source.server;
  const whence =
    manifest === undefined ? `${product} ${version}` : `${manifest.topology}, ${manifest.at}`;
  return `Restored from ${harmless(file)} (${harmless(whence)}): ${keysText(databases)}${gone}.`;
}

function keysText(databases: readonly DatabaseCount[]): string {
  const keys = total(databases);
  const where = databases.length > 1 ? ` in ${databases.length} databases` : '';
  return `${keys} key${keys === 1 ? '' : 's'}${where}`;
}

function total(databases: readonly DatabaseCount[]): number {
  return databases.reduce((sum, { keys }) => sum + keys, 0);
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
