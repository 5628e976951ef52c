import { dirname, join } from 'node:path';
import { infoFields, textOf } from '../health/raw.js';
import type { FileStore } from '../host/file-store.js';
import type { FileLook } from '../host/look.js';
import type { Access } from '../model/access.js';
import {
  fromHere,
  type NodePlacement,
  ofKind,
  type TopologyRecord,
  withLeaving,
} from '../model/topology.js';

import { confPath } from '../plan/conf-path.js';
import {
  type DataLayout,
  dataLayout,
  dumpTime,
  filesInManifest,
  isEmptyDump,
  LARGEST_EMPTY_DUMP,
} from '../plan/data-files.js';
import type { Holding, Memory } from '../plan/lead.js';
import type { Holdings } from '../plan/up-lead.js';
import { Clients } from '../redis/clients.js';

/** More than a manifest of an append-only file ever has. */
export const MOST_MANIFEST_BYTES = 256 * 1024;

/** Where the files of nodes are. */
export interface FilesQuestion {
  readonly record: TopologyRecord;
  /** The directory of the topology. */
  readonly directory: string;
  readonly files: FileStore;
  /** The template of redis.conf, by which a node without a conf is told what to keep. */
  readonly template: string;
}

/** Where to look. */
export interface HoldingsQuestion extends FilesQuestion {
  /** Data nodes in whose container something runs. */
  readonly running: ReadonlySet<string>;
  readonly access: Access;
}

/**
 * What every data node has, those that are to leave included: on disk, and, where that does not
 * tell enough of one that runs, in its memory.
 * @throws RsentError `topology` when a file cannot be looked at
 */
export async function readHoldings(question: HoldingsQuestion): Promise<Holdings> {
  const { record, running } = question;
  const nodes = ofKind(withLeaving(record).placement.nodes, 'redis');
  const disks = new Map<string, Holding>();
  const appendOnly = new Set<string>();
  for (const node of nodes) {
    const layout = await layoutOf(node, question);
    if (layout.appendOnly) appendOnly.add(node.name);
    disks.set(node.name, await diskOf(dataPath(node, question.directory), layout, question.files));
  }
  const asked = nodes.filter(({ name }) => running.has(name) && disks.get(name)?.is !== 'data');
  return { disks, appendOnly, memories: await memoriesOf(asked, question.access) };
}

/** Where a node keeps its data. */
export function dataPath({ folder }: Pick<NodePlacement, 'folder'>, directory: string): string {
  return join(directory, folder, 'data');
}

/** Nodes that lack the directory of their conf or that of their data. */
export async function bareNodes(
  { placement }: TopologyRecord,
  directory: string,
  files: FileStore,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const node of placement.nodes) {
    const paths = [dirname(confPath(directory, node)), dataPath(node, directory)];
    for (const path of paths) {
      if ((await files.look(path))?.isDirectory !== true) found.add(node.name);
    }
  }
  return found;
}

/** What a node loads at its start, by the conf that it has or will have. */
export async function layoutOf(
  node: NodePlacement,
  { record, directory, files, template }: FilesQuestion,
): Promise<DataLayout> {
  const conf = await files.readText(confPath(directory, node));
  return conf === undefined ? dataLayout(template, record.spec.further.redis) : dataLayout(conf);
}

/** What a data node with these files would load. */
export async function diskOf(path: string, layout: DataLayout, files: FileStore): Promise<Holding> {
  if (!layout.appendOnly) return holdingOf([join(path, layout.name)], files);
  const { directory, name } = layout;
  const folder = join(path, directory);
  const manifest = join(folder, `${name}.manifest`);
  const text = await files.readHead(manifest, MOST_MANIFEST_BYTES);
  // Before 7.0, and until the first start of a later server, it is a single file.
  if (text === undefined || text.length === 0) {
    const single = await holdingOf([join(path, name)], files);
    return single.is === 'nothing' ? withoutManifest(folder, manifest, files) : single;
  }
  const names = filesInManifest(text.toString('utf8'));
  if (names === undefined) return { is: 'broken', file: manifest, why: 'it is damaged' };
  const held = await holdingOf(
    names.map((each) => join(folder, each)),
    files,
  );
  // The number goes up with every rewrite, be it after a full synchronization.
  const first = `${name}.1.base.rdb`;
  if (held.is !== 'data' || names[0] !== first) return held;
  const beganEmptyAt = await beginningOf(join(folder, first), files);
  return beganEmptyAt === undefined ? held : { ...held, beganEmptyAt };
}

/**
 * When a server that found no data began this file (aof.c, aofOpenIfNeededOnServerStart); undefined
 * when there is a key in it. What it says itself, or the file's own time where that is earlier: a
 * copy may have lost the times of all files.
 */
async function beginningOf(path: string, files: FileStore): Promise<number | undefined> {
  const look = await files.look(path);
  if (look === undefined || look.bytes > LARGEST_EMPTY_DUMP) return undefined;
  const bytes = await files.readHead(path, LARGEST_EMPTY_DUMP + 1);
  if (bytes === undefined || !isEmptyDump(bytes)) return undefined;
  const said = dumpTime(bytes);
  return said === undefined ? undefined : Math.min(said, look.writtenAt);
}

/** A server that finds no manifest begins with nothing, over what is there (aof.c, aofLoadManifestFromDisk). */
async function withoutManifest(
  folder: string,
  manifest: string,
  files: FileStore,
): Promise<Holding> {
  const there = (await files.look(folder))?.isDirectory ? await files.names(folder) : undefined;
  const parts = (there ?? []).filter((each) => /\.(rdb|aof)$/.test(each) && !/^temp-/.test(each));
  const held = await holdingOf(
    parts.map((each) => join(folder, each)),
    files,
  );
  return held.is === 'data' ? { is: 'broken', file: manifest, why: 'it is gone' } : held;
}

/** Of files that are loaded one after the other. */
async function holdingOf(paths: readonly string[], files: FileStore): Promise<Holding> {
  const looks: FileLook[] = [];
  let isEmpty = true;
  for (const path of paths) {
    const look = await files.look(path);
    if (look === undefined || look.isDirectory) {
      if (paths.length === 1) return { is: 'nothing' };
      return { is: 'broken', file: path, why: 'it is gone' };
    }
    looks.push(look);
    isEmpty &&= await holdsNothing(path, look, files);
  }
  if (looks.length === 0) return { is: 'nothing' };
  if (isEmpty) return { is: 'empty' };
  return {
    is: 'data',
    bytes: looks.reduce((sum, { bytes }) => sum + bytes, 0),
    writtenAt: Math.max(...looks.map(({ writtenAt }) => writtenAt)),
  };
}

async function holdsNothing(path: string, { bytes }: FileLook, files: FileStore): Promise<boolean> {
  if (bytes === 0) return true;
  if (bytes > LARGEST_EMPTY_DUMP) return false;
  const head = await files.readHead(path, LARGEST_EMPTY_DUMP + 1);
  return head !== undefined && isEmptyDump(head);
}

/** What data nodes that run have in their memory, by their names. */
export async function memoriesOf(
  nodes: readonly Pick<NodePlacement, 'name' | 'published'>[],
  access: Access,
): Promise<Map<string, Memory>> {
  const clients = new Clients();
  try {
    const asked = nodes.map(async (node) => {
      const client = clients.at(fromHere(node.published), access.redis);
      const { info } = await client.ask({ info: ['INFO'] });
      return [node.name, memoryIn(textOf(info))] as const;
    });
    return new Map(await Promise.all(asked));
  } finally {
    clients.close();
  }
}

function memoryIn(info: string | undefined): Memory {
  const fields = infoFields(info ?? '');
  if (!fields.has('loading') || fields.get('loading') === '1') return 'unknown';
  return [...fields.keys()].some((name) => /^db\d+$/.test(name)) ? 'keys' : 'no-keys';
}
