import { join } from 'node:path';
import type { Observation } from '../model/observation.js';
import { type Address, type NodePlacement, ofKind, sameAddress } from '../model/topology.js';
import { branchLines } from '../plan/branch-words.js';
import { type Branch, branchOf } from '../plan/branches.js';
import type { Holding } from '../plan/lead.js';
import type { Tail } from '../plan/tails.js';
import { asideName, strays } from '../plan/up-aside.js';
import { type Context, identityFor } from './context.js';
import { dataPath, diskOf, type FilesQuestion, layoutOf } from './holdings.js';
import { followedBy, holdingsQuestion, type Recorded } from './start-alone.js';
import { tailsOf } from './tails.js';

/**
 * Data nodes that may have commands that the master which they are about to copy never had, by their
 * names. Where a file cannot be read, as while its server rewrites it, nothing is proven.
 * @param nodes those that start, with data, and have not followed that master
 * @param disks what each has
 */
export async function branchesOf(
  question: FilesQuestion,
  master: NodePlacement | undefined,
  nodes: readonly NodePlacement[],
  disks: ReadonlyMap<string, Holding>,
): Promise<ReadonlyMap<string, Branch>> {
  const none: ReadonlyMap<string, Tail> = new Map();
  if (nodes.length === 0) return new Map();
  const tails = master && (await tailsOf(question, master, nodes).catch(() => none));
  const found = nodes.map((node): [string, Branch] => {
    const disk = disks.get(node.name);
    const tail = tails?.get(node.name);
    // Before 7.0 a file that was never rewritten has no dump before its commands.
    const isPlain = tail?.form === 'single' && tail.beganAt === 0;
    const isAll = isPlain || (disk?.is === 'data' && disk.beganEmptyAt !== undefined);
    return [node.name, branchOf(master && tails?.get(master.name), { tail, isAll })];
  });
  return new Map(found.filter(([, branch]) => branch.is !== 'prefix'));
}

/**
 * Before a stopped data node starts as the replica of a master that it has not followed: keep what it has
 * beside it, where that master may not have had all of it, and say so.
 * @throws RsentError `topology` when its files cannot be kept
 */
export async function keepBranch(
  context: Context,
  known: Recorded,
  observation: Observation,
  name: string,
  master: { readonly name: string; readonly address: Address },
): Promise<void> {
  const question = await holdingsQuestion(context, known, observation);
  const { record, directory, files } = question;
  const placed = ofKind(record.placement.nodes, 'redis');
  const node = placed.find((each) => each.name === name);
  const leader = placed.find(({ address }) => sameAddress(address, master.address));
  if (node === undefined || leader === undefined || node === leader) return;
  if (!strays(node, await followedBy(context, record, node), master.address)) return;
  const data = dataPath(node, directory);
  const disk = await diskOf(data, await layoutOf(node, question), files);
  if (disk.is !== 'data') return;
  const branches = await branchesOf(question, leader, [node], new Map([[name, disk]]));
  const branch = branches.get(name);
  if (branch === undefined) return;
  const { user, chown } = identityFor(record.placement);
  const as = asideName('before');
  await files.setAside(data, join(directory, node.folder, as));
  await files.makeDirectory(data, 0o700, ...(chown ? [user] : []));
  const server = record.spec.image.ref.includes('valkey') ? 'valkey-server' : 'redis-server';
  const kept = { record, directory, node, branch, as, master: master.name, user, server };
  for (const line of branchLines(kept)) context.progress.note(line);
}
