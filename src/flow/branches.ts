import { join } from 'node:path';
import { forgetInSync, readInSync } from '../host/in-sync.js';
import type { Observation } from '../model/observation.js';
import { type Address, type NodePlacement, ofKind, sameAddress } from '../model/topology.js';
import { branchLines } from '../plan/branch-words.js';
import { type Branch, branchOf } from '../plan/branches.js';
import { bytesSince, type InSync } from '../plan/in-sync.js';
import type { Holding } from '../plan/lead.js';
import { compareTails, type Tail } from '../plan/tails.js';
import { asideName, strays } from '../plan/up-aside.js';
import { markOf } from './at-rest.js';
import { type Context, identityFor } from './context.js';
import { dataPath, diskOf, type FilesQuestion, layoutOf } from './holdings.js';
import { followedBy, holdingsQuestion, type Recorded, type Return } from './start-alone.js';
import { commandsInLast, tailsOf } from './tails.js';

/** Which data nodes start, and whose data they copy. */
interface BranchesQuestion extends FilesQuestion {
  readonly master: NodePlacement | undefined;
  /** Those that start with data, and have not followed that master. */
  readonly nodes: readonly NodePlacement[];
  /** What each has. */
  readonly disks: ReadonlyMap<string, Holding>;
  /** Whom a data node followed last, by its conf. */
  readonly follows?: (node: NodePlacement) => Address | undefined;
}

/**
 * Data nodes that may have commands that the master which they are about to copy never had, by their
 * names. Where a file cannot be read, as while its server rewrites it, nothing is proven.
 */
export async function branchesOf(question: BranchesQuestion): Promise<ReadonlyMap<string, Branch>> {
  const { master, nodes, disks } = question;
  if (nodes.length === 0) return new Map();
  const none: ReadonlyMap<string, Tail> = new Map();
  const tails = (master && (await tailsOf(question, master, nodes).catch(() => none))) ?? none;
  const noted = await readInSync(question.directory);
  const found = new Map<string, Branch>();
  for (const node of nodes) {
    const disk = disks.get(node.name);
    const tail = tails.get(node.name);
    // Before 7.0 a file that was never rewritten has no dump before its commands.
    const isPlain = tail?.form === 'single' && tail.beganAt === 0;
    const isAll = isPlain || (disk?.is === 'data' && disk.beganEmptyAt !== undefined);
    const sinceSync = await sinceInSync(question, node, noted).catch(() => undefined);
    const branch = branchOf(master && tails.get(master.name), { tail, isAll, sinceSync });
    if (branch.is !== 'prefix') found.set(node.name, branch);
  }
  return new Map([...found].filter(([name]) => !isOfPrefix(name, found, tails, question)));
}

/** A replica has nothing beyond the master that it followed; that one has nothing beyond the new one. */
function isOfPrefix(
  name: string,
  found: ReadonlyMap<string, Branch>,
  tails: ReadonlyMap<string, Tail>,
  { nodes, follows }: BranchesQuestion,
): boolean {
  const node = nodes.find((each) => each.name === name);
  const at = node && follows?.(node);
  const former = nodes.find(({ address }) => at && sameAddress(address, at));
  const [own, other] = [former && tails.get(former.name), tails.get(name)];
  if (former === undefined || found.has(former.name) || !own || !other) return false;
  return found.get(name)?.is === 'unknown' && compareTails(own, other).is === 'fine';
}

/** How many commands a node has that came after all were in sync with it; undefined where that was not noted. */
async function sinceInSync(
  question: FilesQuestion,
  node: NodePlacement,
  noted: InSync | undefined,
): Promise<number | undefined> {
  const now = noted?.master === node.name ? await markOf(question, node) : undefined;
  const added = noted && now && bytesSince(noted.mark, now);
  return added === undefined ? undefined : commandsInLast(question, node, added);
}

/**
 * Before a data node comes back as the replica of a master that it has not followed: keep what it has
 * beside it, where that master may not have had all of it, and say so. One whose process goes on copies
 * its master as soon as a Sentinel tells it to.
 * @throws RsentError `topology` when its files cannot be kept
 */
export async function keepBranch(
  context: Context,
  known: Recorded,
  observation: Observation,
  name: string,
  master: { readonly name: string; readonly address: Address },
  how: Return,
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
  const disks = new Map([[name, disk]]);
  const branches = await branchesOf({ ...question, master: leader, nodes: [node], disks });
  const branch = branches.get(name);
  if (branch === undefined) return;
  const { user } = identityFor(record.placement);
  const as = asideName('before');
  const to = join(directory, node.folder, as);
  if (how === 'start') await moveAside(question, data, to);
  else await files.copyAside(data, to);
  const server = record.spec.image.ref.includes('valkey') ? 'valkey-server' : 'redis-server';
  const kept = { record, directory, node, branch, as, master: master.name, user, server };
  for (const line of branchLines(kept)) context.progress.note(line);
}

async function moveAside(
  { directory, files, record }: FilesQuestion,
  data: string,
  to: string,
): Promise<void> {
  const { user, chown } = identityFor(record.placement);
  await forgetInSync(directory).catch(() => undefined);
  await files.setAside(data, to);
  await files.makeDirectory(data, 0o700, ...(chown ? [user] : []));
}
