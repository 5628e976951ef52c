import type { FaultKind, How } from '../model/drill.js';
import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
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

/** What of a campaign is wanted: kinds (`crash`) or titles (`crash master`); none: all of it. */
export interface Chosen {
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

/**
 * The drills of a campaign that are wanted, in its order.
 * @throws RsentError `usage` naming all that can be said, when a word means none of them or none
 *   is left
 */
export function chosenOrders(orders: readonly Order[], { only, skip }: Chosen): Order[] {
  const [wanted, unwanted] = [only, skip].map((words) =>
    words.flatMap((each) => said(each, orders)),
  );
  const unknown = (flag: string, words: readonly string[] = []) =>
    words
      .filter((word) => !orders.some((order) => isMeant(order, [word])))
      .map((word) => `--${flag} is ${shown(word)}`);
  const problems = [...unknown('only', wanted), ...unknown('skip', unwanted)];
  const left = orders
    .filter((order) => only.length === 0 || isMeant(order, wanted))
    .filter((order) => !isMeant(order, unwanted));
  if (problems.length === 0 && left.length > 0) return left;
  const kinds = [...new Set(orders.map(({ how }) => how))].join(', ');
  const titles = orders.map(({ title }) => `  ${title}`).join('\n');
  throw new RsentError(
    'usage',
    `${problems.length > 0 ? problems.join('; ') : 'No drill is left'}; expected a kind (${kinds}) or a drill of this topology:\n${titles}`,
    { hint: 'Nothing was done.' },
  );
}

/** A title may have commas in it; several words may have them between. */
function said(text: string, orders: readonly Order[]): string[] {
  const whole = text.trim().toLowerCase();
  if (orders.some((order) => isMeant(order, [whole]))) return [whole];
  return whole.split(',').map((word) => word.trim());
}

function isMeant({ how, title }: Order, words: readonly string[] = []): boolean {
  return words.includes(how) || words.includes(title.toLowerCase());
}

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
