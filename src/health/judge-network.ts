import { makeAgain } from '../model/joined.js';
import type { Observation } from '../model/observation.js';
import type { Expectation, Finding } from '../model/verdict.js';
import { collect } from './collect.js';

/**
 * A network that the nodes live on, or whose gateway they are published at, can be removed and made
 * again by whoever made it: under the same name it is another one, and each node would look like the
 * one at fault.
 */
export function judgeNetwork(
  { topology, settings }: Expectation,
  { joined, stranded }: Observation,
): Finding[] {
  const { findings, add } = collect(topology);
  const network = settings?.joined?.network ?? 'of its containers';
  const up = `rsent up ${topology}`;
  if (joined?.kind === 'gone') {
    const make =
      settings?.joined === undefined ? '' : `${makeAgain(settings.joined)} makes it again; `;
    const fix = `${make}then ${up}. The data stays`;
    add('network-gone', `the network ${network}, which it has joined, is gone`, 'there', fix);
  } else if (joined?.kind === 'other' || stranded) {
    const how = joined === undefined ? '' : `: it was at ${joined.was}, and is at ${joined.now}`;
    const saw = `the network ${network} was removed and made again${how}`;
    const fix = `${up} puts the nodes on it as it is now; the data stays`;
    add('network-made-again', saw, 'the one that its containers were made on', fix);
  }
  return findings;
}
