import {
  promotionOf,
  type ReplicaSeen,
  type RoleSeen,
  whyNotAble,
  whyNotLevel,
} from '../../src/drill/hand-over.js';
import type { RedisFacts, SentinelFacts } from '../../src/model/observation.js';
import { healthyObservation } from '../helpers/observation.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const record = aRecord();
const { nodes } = healthyObservation(record);
const present = nodeNamed(record, 'redis-1').address;

function factsOf<Facts>(name: string): Facts {
  const node = nodes.find((each) => each.name === name);
  if (!node?.answer.reached) throw new Error(`${name} is not there`);
  return node.answer.facts as Facts;
}

const sentinel = factsOf<SentinelFacts>('sentinel-1');
const withState = (failoverState: string, more: Partial<SentinelFacts> = {}): SentinelFacts => {
  if (!sentinel.master.reached) throw new Error('no master');
  const facts = { ...sentinel.master.facts, failoverState };
  return { ...sentinel, master: { reached: true, facts }, ...more };
};

describe('whyNotAble', () => {
  it('has nothing against a healthy Sentinel', () => {
    expect(whyNotAble(sentinel, present)).toBeUndefined();
  });

  it.each<[string, SentinelFacts, RegExp]>([
    ['in TILT, which CKQUORUM does not see', { ...sentinel, tilt: true }, /TILT/],
    ['at work on another one', withState('wait_promotion'), /a failover already/],
    [
      'that names another master',
      { ...sentinel, handsOut: nodeNamed(record, 'redis-2').address },
      /names another master \(172\.30\.5\.12:6379\)/,
    ],
    [
      'without a quorum',
      { ...sentinel, ckquorum: { ok: false, text: 'NOQUORUM 1 usable Sentinels' } },
      /NOQUORUM/,
    ],
  ])('says why one %s is not asked', (_, facts, why) => {
    expect(whyNotAble(facts, present)).toMatch(why);
  });
});

describe('whyNotLevel', () => {
  const master = factsOf<RedisFacts>('redis-1');
  const replicas = ['redis-2', 'redis-3'].map(
    (name): ReplicaSeen => ({
      name,
      address: nodeNamed(record, name).address,
      facts: { ...factsOf<RedisFacts>(name), offset: master.offset },
    }),
  );
  const [second, third] = replicas as [ReplicaSeen, ReplicaSeen];
  const upstream = second.facts!.upstream!;
  const withThird = (facts: Partial<RedisFacts> | undefined): ReplicaSeen[] => {
    const { name, address } = third;
    return [second, facts ? { ...third, facts: { ...third.facts!, ...facts } } : { name, address }];
  };
  const why = (seen: readonly ReplicaSeen[], known = sentinel.replicas) =>
    whyNotLevel(master, seen, known);

  it('lets the hand-over go on when every replica has the last byte', () => {
    expect(why(replicas)).toBeUndefined();
  });

  it.each<[string, ReplicaSeen[], RegExp]>([
    ['is behind', withThird({ offset: master.offset - 7 }), /redis-3 is 7 bytes behind/],
    [
      'has lost its link, and may be selected all the same',
      withThird({ upstream: { ...upstream, linkUp: false } }),
      /redis-3 has no link/,
    ],
    ['has another history', withThird({ masterReplicationId: 'x' }), /redis-3 has another history/],
    [
      'does not answer, and Sentinel does not know it yet',
      withThird(undefined),
      /redis-3 does not/,
    ],
  ])('waits for a replica that %s', (_, seen, reason) => {
    expect(why(seen)).toMatch(reason);
  });

  it('does not wait for one that no Sentinel would select', () => {
    const behind = { offset: 0, upstream: { ...upstream, priority: 0 } };
    expect(why(withThird(behind))).toBeUndefined();
    const known = sentinel.replicas.map((each) =>
      each.address.ip === third.address.ip ? { ...each, flags: ['slave', 's_down'] } : each,
    );
    expect(why(withThird(undefined), known)).toBeUndefined();
  });

  it('waits where a stranger could be promoted, or nobody', () => {
    expect(why([second])).toMatch(/172\.30\.5\.13:6379, which is not of this topology/);
    expect(why([], [])).toMatch(/no replica/);
  });
});

describe('promotionOf', () => {
  const role = (name: string, said: string | undefined): RoleSeen => {
    const { address } = nodeNamed(record, name);
    return said === undefined ? { name, address } : { name, address, role: said };
  };
  const of = (
    views: Readonly<Record<string, SentinelFacts>>,
    second: string | undefined,
    third: string | undefined = 'slave',
  ) =>
    promotionOf(present, 'sentinel-1', new Map(Object.entries(views)), [
      role('redis-2', second),
      role('redis-3', third),
    ]);
  const second = nodeNamed(record, 'redis-2').address;

  it.each(['wait_start', 'select_slave', 'send_slaveof_noone', 'wait_promotion'])(
    'is open while the leader says %s, however long that takes',
    (state) => {
      expect(of({ 'sentinel-1': withState(state) }, 'slave').is).toBe('under way');
      expect(of({ 'sentinel-1': withState(state, { tilt: true }) }, 'slave')).toEqual({
        is: 'under way',
        why: `sentinel-1: ${state}, in TILT mode`,
      });
    },
  );

  it('is open while nobody can say: the leader is silent, or a replica, or another one is at it', () => {
    expect(of({ 'sentinel-2': sentinel }, 'slave').is).toBe('under way');
    expect(of({ 'sentinel-1': sentinel }, undefined).is).toBe('under way');
    const other = { 'sentinel-1': sentinel, 'sentinel-2': withState('wait_start') };
    expect(of(other, 'slave').is).toBe('under way');
  });

  it('is done as soon as a replica says so, or the leader names it', () => {
    const promoted = { is: 'promoted', address: second };
    expect(of({ 'sentinel-1': withState('wait_promotion') }, 'master')).toEqual(promoted);
    expect(of({}, 'master')).toEqual(promoted);
    expect(of({ 'sentinel-1': { ...sentinel, handsOut: second } }, undefined)).toEqual(promoted);
  });

  it('does not follow a Sentinel that is merely behind', () => {
    const stale = { ...sentinel, handsOut: second };
    expect(of({ 'sentinel-1': sentinel, 'sentinel-2': stale }, 'slave').is).toBe('given up');
  });

  it('is given up only when the leader says so and every replica says that it is one', () => {
    expect(of({ 'sentinel-1': sentinel }, 'slave')).toEqual({ is: 'given up' });
    expect(of({ 'sentinel-1': sentinel }, 'master')).toEqual({ is: 'stray', name: 'redis-2' });
  });
});
