import type { Observation } from '../model/observation.js';
import { sameAddress } from '../model/topology.js';
import type { Expectation } from '../model/verdict.js';
import { type RedisSeen, sceneOf } from './scene.js';

/** Who saves for a backup, and what must be in it. */
export interface ChosenSaver {
  readonly name: string;
  readonly role: 'master' | 'replica';
  /** What the master had when it was asked. */
  readonly replicationId: string;
  readonly masterOffset: number;
}

/**
 * The replica in sync that is furthest, so that nobody is slowed down by the save; the master only
 * of a topology that has no replica.
 * @returns or why there is nobody
 */
export function chooseSaver(
  expectation: Expectation,
  observation: Observation,
): ChosenSaver | { readonly why: string } {
  const scene = sceneOf(expectation, observation);
  const { master } = scene;
  if (master?.facts?.role !== 'master') return { why: 'nobody serves as master' };
  if (master.facts.loading) return { why: `${master.node.name} is still loading its data` };
  const mark = {
    replicationId: master.facts.masterReplicationId,
    masterOffset: master.facts.offset,
  };
  const others = scene.redis.filter(({ node }) => node.name !== master.node.name);
  if (others.length === 0) return { name: master.node.name, role: 'master', ...mark };
  const [best] = others.filter((each) => follows(each, master)).sort(furthest);
  return best === undefined
    ? { why: `no replica is in sync with ${master.node.name}` }
    : { name: best.node.name, role: 'replica', ...mark };
}

function follows({ facts }: RedisSeen, { node }: RedisSeen): boolean {
  const upstream = facts?.upstream;
  if (facts === undefined || upstream === undefined || facts.loading) return false;
  return upstream.linkUp && !upstream.syncInProgress && sameAddress(upstream.master, node.address);
}

function furthest(a: RedisSeen, b: RedisSeen): number {
  return (b.facts?.offset ?? 0) - (a.facts?.offset ?? 0);
}
