import type { FaultKind, How } from '../model/drill.js';
import type { TopologySpec } from '../model/spec.js';
import { majorityOf } from '../model/topology.js';

/** One drill of a campaign, as it would be ordered on the command line. */
export interface Order {
  readonly title: string;
  readonly how: How;
  readonly target: string;
  readonly forMs?: number;
}

const KINDS: readonly FaultKind[] = ['crash', 'shutdown', 'hang', 'partition'];

/**
 * Every fault that makes sense for a topology.
 * @param mayCut whether a node can be cut off the network alone
 */
export function campaignOf({ replicas, sentinels, timing }: TopologySpec, mayCut = true): Order[] {
  const order = (how: Order['how'], target: string): Order => ({
    title: `${how} ${target}`,
    how,
    target,
  });
  const enough = majorityOf(sentinels);
  // So many that those left are no majority, and the largest number that leaves one.
  const [tooMany, bearable] = [sentinels - enough + 1, sentinels - enough];
  const blipMs = Math.round(timing.downAfterMs / 2);
  const rough = KINDS.filter((kind) => kind !== 'shutdown');
  // Without a replica the master is the one node that no drill may take away.
  const ofData = [
    ...KINDS.map((kind) => order(kind, 'master')),
    order('manual', 'master'),
    { title: 'short hang of the master', how: 'hang', target: 'master', forMs: blipMs } as const,
    ...rough.map((kind) => order(kind, 'replica')),
    ...(replicas > 1 ? [order('crash', `replica:${replicas}`)] : []),
  ];
  const ofMany = [
    ...(replicas > 0 ? [order('crash', `sentinel:${bearable},master`)] : []),
    order('crash', `sentinel:${tooMany}`),
    ...(replicas > 0 ? [order('crash', `sentinel:${tooMany},master`)] : []),
  ];
  const all = [
    ...(replicas > 0 ? ofData : []),
    ...rough.map((kind) => order(kind, 'sentinel')),
    ...(sentinels < 3 ? [] : ofMany),
  ];
  return all.filter(({ how }) => mayCut || how !== 'partition');
}
