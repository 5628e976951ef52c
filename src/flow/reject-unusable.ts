import { dirname, join } from 'node:path';
import type { FileStore } from '../host/file-store.js';
import { RsentError } from '../model/errors.js';
import type { NodePlacement } from '../model/topology.js';
import { barred } from '../plan/barred.js';
import { confPath } from '../plan/conf-path.js';
import type { Holding } from '../plan/lead.js';
import { isRewritten, isUp, type UpFacts } from '../plan/up-facts.js';

/**
 * Nothing is begun when a node that is to start could not, or would start as another one.
 * @param lacking what is wrong with kept confs, by node name
 * @param disks what is found of their data, by node name
 * @throws RsentError `topology` naming every file and directory, and what to do
 */
export async function rejectUnusable(
  facts: UpFacts,
  files: FileStore,
  lacking: ReadonlyMap<string, string>,
  disks: ReadonlyMap<string, Holding> = new Map(),
): Promise<void> {
  const starting = facts.record.placement.nodes.filter((node) => !isUp(node, facts));
  const lines = await Promise.all(
    starting.map(async (node) => [
      ...confLines(node, facts, lacking),
      ...dataLines(node, facts, disks.get(node.name)),
      ...(await rightsLines(node, facts, files)),
    ]),
  );
  if (lines.flat().length === 0) return;
  const text = lines.flat().map((line) => `  - ${line}`);
  throw new RsentError(
    'topology',
    `${facts.record.spec.name} cannot start with its files as they are:\n${text.join('\n')}`,
    { hint: 'Nothing was changed. Put them right, then run this again.' },
  );
}

function confLines(
  node: NodePlacement,
  facts: UpFacts,
  lacking: ReadonlyMap<string, string>,
): string[] {
  const lack = lacking.get(node.name);
  if (lack === undefined || isRewritten(node, facts)) return [];
  return [
    `${confPath(facts.directory, node)}: ${lack} (moved away, a new one is written; the data stays)`,
  ];
}

function dataLines(
  { name }: NodePlacement,
  { record, rebuilding }: UpFacts,
  disk: Holding | undefined,
): string[] {
  if (disk?.is !== 'broken' || rebuilding?.has(name)) return [];
  return [
    `${disk.file}: ${disk.why} (rsent up ${record.spec.name} --rebuild ${name} keeps what is left of it aside, and gives it the data of another node)`,
  ];
}

async function rightsLines(
  node: NodePlacement,
  { directory, user }: UpFacts,
  files: FileStore,
): Promise<string[]> {
  const conf = confPath(directory, node);
  const paths = [dirname(conf), join(directory, node.folder, 'data'), conf];
  const lines = await Promise.all(
    paths.map(async (path) => {
      const rights = await files.rights(path);
      const isDirectory = path !== conf;
      const why = rights && barred(user, rights, isDirectory);
      const mode = isDirectory ? 'u+rwx' : 'u+rw';
      const fix = `chown ${user.uid}:${user.gid} ${path}; chmod ${mode} ${path}`;
      return why === undefined ? [] : [`${path}: ${why} (${fix})`];
    }),
  );
  return lines.flat();
}
