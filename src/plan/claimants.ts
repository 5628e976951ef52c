import type { Address } from '../model/topology.js';
import type { Holding } from './lead.js';
import { compareTails, type Tail } from './tails.js';

/** A data node that may be the master, where no Sentinel's conf is left to say who is. */
export interface Claimant {
  readonly address: Address;
  readonly disk: Holding;
  /** Its container runs. */
  readonly runs: boolean;
  /** The end of its append-only file. */
  readonly tail?: Tail | undefined;
  /** How many others follow it by their confs. */
  readonly followers: number;
}

/**
 * Which of them is the master by what it has: one with data, and none whose append-only file another's
 * goes on from. Of several the one that most others follow: an old master that was replaced has lost
 * its replicas, whether it runs or not, and is still written to when keys expire. Then one that has all that
 * the others have taken; then the one that serves, or was written last.
 * @returns undefined when none has data
 */
export function masterByData(claimants: readonly Claimant[]): Address | undefined {
  const full = claimants.filter(({ disk }) => disk.is === 'data');
  const isWorse = (found: 'behind' | 'lacks', { tail }: Claimant) =>
    full.some((each) => tail && each.tail && compareTails(tail, each.tail).is === found);
  const ahead = full.filter((each) => !isWorse('behind', each));
  const lacks = (each: Claimant) => Number(isWorse('lacks', each));
  return ahead.toSorted(
    (a, b) => b.followers - a.followers || lacks(a) - lacks(b) || later(a, b),
  )[0]?.address;
}

function later(a: Claimant, b: Claimant): number {
  const second = ({ disk }: Claimant) =>
    disk.is === 'data' ? Math.floor(disk.writtenAt / 1000) : 0;
  const bytes = ({ disk }: Claimant) => (disk.is === 'data' ? disk.bytes : 0);
  return Number(b.runs) - Number(a.runs) || second(b) - second(a) || bytes(b) - bytes(a);
}
