import type { DumpSource } from '../model/backup.js';
import type { Owner } from '../model/container.js';
import { confWords } from '../model/directives.js';
import { RsentError } from '../model/errors.js';
import type { Step } from '../model/plan.js';
import { shown } from '../model/shown.js';
import type { NodePlacement } from '../model/topology.js';
import { canRead, type ImageNature } from './formats.js';
import type { UpFacts } from './up-facts.js';

/**
 * Make sure that the server in an image can read the dump of a backup.
 * @param ref the image
 * @throws RsentError `refused` when it cannot
 */
export function requireReadable(
  ref: string,
  { server, version, format }: ImageNature,
  { dump, server: saver }: DumpSource,
): void {
  if (canRead(format, dump.format)) return;
  const named = `${saver.product} ${saver.version}`;
  throw new RsentError(
    'refused',
    `${ref} holds ${server} ${version}, which cannot read the dump: it was written by ${named} as ${dump.format}.`,
    { hint: `Nothing was created. Use an image of ${named} or later: --image.` },
  );
}

/**
 * Name of the file in which a node with this conf looks for its data at its first start. With
 * `appendonly yes` that is the append-only file: a dump would be passed over (server.c,
 * loadDataFromDisk). A dump under its name is read as one (aof.c), from 7.0 on also moved to where
 * such files are now.
 * @param conf as it is rendered
 * @throws RsentError `spec` when the conf has no plain name for it
 */
export function seedName(conf: string): string {
  const isAppendOnly = lastOf(conf, 'appendonly', 'no').toLowerCase() === 'yes';
  const name = isAppendOnly
    ? lastOf(conf, 'appendfilename', 'appendonly.aof')
    : lastOf(conf, 'dbfilename', 'dump.rdb');
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name;
  throw new RsentError(
    'spec',
    `The template of redis.conf names its data file ${shown(name)}; rsent could not put a backup in its place.`,
    {
      hint: 'Nothing was created. Give it a plain name, or leave appendfilename and dbfilename out.',
    },
  );
}

/** The value of a directive in a conf: the last one counts, as in Redis. */
export function lastOf(conf: string, directive: string, fallback: string): string {
  const found = conf
    .split('\n')
    .map((line) => confWords(line) ?? [])
    .filter(([name]) => name?.toLowerCase() === directive);
  return found.at(-1)?.[1] ?? fallback;
}

/**
 * Before the conf: a first data node that has one has its data, whoever was killed when.
 * @param conf that it gets
 * @param owner whom the file is handed over to
 */
export function dumpSteps(
  node: NodePlacement,
  conf: string,
  { record, directory, dumpBytes: bytes }: UpFacts,
  owner: { owner?: Owner },
): Step[] {
  if (bytes === undefined || node.name !== record.placement.nodes[0]?.name) return [];
  const [id, after] = [`dump:${node.name}`, [`directory:${node.name}/data`]];
  const path = `${directory}/${node.folder}/data/${seedName(conf)}`;
  return [{ kind: 'write-dump', id, after, path, bytes, mode: 0o600, ...owner }];
}
