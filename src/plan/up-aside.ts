import type { Step } from '../model/plan.js';
import { type Address, type NodePlacement, ofKind, sameAddress } from '../model/topology.js';
import type { KeptRedis } from './kept.js';
import type { Holding } from './lead.js';
import { goesOn, type UpFacts } from './up-facts.js';

/** Steps after which a container that had its files open does so no more. */
export function endOf({ name }: Pick<NodePlacement, 'name'>): string[] {
  return [`remove:${name}`, `kill:${name}`];
}

/**
 * Steps before a conf says whom its node follows. What the node has is kept by then: a conf that
 * names the master already says nothing of what its node has beyond it.
 */
export function beforeConf(node: Pick<NodePlacement, 'name'>): string[] {
  return [`aside:${node.name}`, ...endOf(node)];
}

/** Keep the data of a node that is given that of another one. */
export function asideSteps(node: NodePlacement, facts: UpFacts): Step[] {
  const name = asideOf(node, facts);
  if (name === undefined) return [];
  const base = `${facts.directory}/${node.folder}`;
  return [
    {
      ...{ kind: 'set-aside', id: `aside:${node.name}`, after: ['record', ...endOf(node)] },
      ...{ path: `${base}/data`, to: `${base}/${name}` },
    },
  ];
}

/**
 * Name beside its place for data that is kept: broken, or as it was before its node copied another one.
 * `own-files.ts` knows it.
 */
export function asideName(why: 'broken' | 'before', at = new Date()): string {
  return `data.${why}-${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`;
}

function asideOf({ name }: NodePlacement, facts: UpFacts): string | undefined {
  if (facts.rebuilding?.has(name)) return facts.asideAs;
  return facts.branched?.has(name) ? facts.branchAs : undefined;
}

/**
 * True when its conf would make the node a second master, the replica of a past one, or, the
 * master itself, the replica of one that follows it (its conf was not saved at its promotion).
 */
export function strays(
  node: Pick<NodePlacement, 'address'>,
  kept: KeptRedis,
  master: Address,
): boolean {
  if (sameAddress(node.address, master)) return kept.replicaOf !== undefined;
  return kept.replicaOf === undefined || !sameAddress(kept.replicaOf, master);
}

/**
 * Data nodes that start with data and then copy a master whom they have not followed, by their
 * confs: it may have been promoted without their last commands.
 * @param disks what each has
 */
export function mayHaveBranched(
  facts: UpFacts,
  disks: ReadonlyMap<string, Holding>,
): NodePlacement[] {
  const { record, master, keptRedis, rebuilding } = facts;
  const { joining = [] } = record.unfinished ?? {};
  return ofKind(record.placement.nodes, 'redis').filter((node) => {
    const kept = keptRedis.get(node.name);
    const isOther = kept !== undefined && !sameAddress(node.address, master);
    const isKept = !joining.includes(node.name) && !rebuilding?.has(node.name);
    const starts = disks.get(node.name)?.is === 'data' && !goesOn(node, facts);
    return isOther && isKept && starts && strays(node, kept, master);
  });
}
