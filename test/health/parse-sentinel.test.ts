import { parseSentinel, type SentinelQuestion } from '../../src/health/parse-sentinel.js';
import type { Replies, Reply, SentinelFacts } from '../../src/model/observation.js';
import { captured } from '../helpers/fixtures.js';

type Asked = Replies<SentinelQuestion> & { readonly flush?: Reply };

const ok = (value: unknown): Reply => ({ ok: true, value });
const refused = (error: string): Reply => ({ ok: false, error });

function asked(fixture: string, name: string): Asked {
  const found = captured(fixture).replies[name];
  if (found?.kind !== 'sentinel' || found.replies === null) throw new Error(`no ${name}`);
  return found.replies;
}

function factsOf(replies: Asked): SentinelFacts {
  const answer = parseSentinel(replies);
  if (!answer.reached) throw new Error(answer.why);
  return answer.facts;
}

const changed = (changes: Partial<Asked>) =>
  factsOf({ ...asked('redis-7.0-healthy', 'sentinel-1'), ...changes });

const VERSIONS = ['redis-6.0', 'redis-7.0', 'redis-8.0', 'valkey-8.1'];

describe.each(VERSIONS)('parseSentinel on a healthy %s', (version) => {
  const { expectation } = captured(`${version}-healthy`);
  const named = (name: string) => expectation.nodes.find((node) => node.name === name);
  const facts = factsOf(asked(`${version}-healthy`, 'sentinel-1'));

  it('reads the master, with every setting as it was asked for', () => {
    expect(facts.handsOut).toEqual(named('redis-1')?.address);
    expect(facts.master).toMatchObject({
      reached: true,
      facts: {
        address: named('redis-1')?.address,
        flags: ['master'],
        roleReported: 'master',
        configEpoch: 0,
        replicaCount: 2,
        otherSentinelCount: 2,
        lastPingSentMs: 0,
        ...expectation.settings,
      },
    });
    expect(facts.master).not.toHaveProperty('facts.failoverState');
  });

  it('reads the replicas', () => {
    expect(facts.replicas).toHaveLength(2);
    for (const replica of facts.replicas) {
      expect(replica).toMatchObject({
        flags: ['slave'],
        roleReported: 'slave',
        masterLinkOk: true,
        master: named('redis-1')?.address,
        priority: 100,
        runId: expect.stringMatching(/^[0-9a-f]{40}$/),
      });
      expect(replica.infoRefreshMs).toBeGreaterThan(0);
    }
  });

  it('reads the peers with their ids', () => {
    expect(new Set(facts.peers.map(({ runId }) => runId))).toEqual(
      new Set([named('sentinel-2')?.sentinelId, named('sentinel-3')?.sentinelId]),
    );
    expect(facts.peers.every(({ lastHelloMs }) => lastHelloMs >= 0 && lastHelloMs < 6000)).toBe(
      true,
    );
  });

  it('reads what it says of itself', () => {
    expect(facts).toMatchObject({
      tilt: false,
      simulateFailure: false,
      ckquorum: { ok: true, usable: 3 },
      confSaved: { ok: true },
    });
  });

  it('has a ping period from 7.0 on', () => {
    expect(facts.pingPeriodMs).toBe(version === 'redis-6.0' ? undefined : 1000);
  });
});

describe('parseSentinel', () => {
  it('sees peers that are down', () => {
    const { peers } = factsOf(asked('redis-7.0-two-sentinels-killed', 'sentinel-1'));
    expect(peers.map(({ flags }) => flags.includes('s_down'))).toEqual([true, true]);
  });

  it('reads NOQUORUM with the number that it names', () => {
    const { ckquorum } = factsOf(asked('redis-7.0-two-sentinels-killed', 'sentinel-1'));
    expect(ckquorum).toMatchObject({
      ok: false,
      usable: 1,
      text: expect.stringMatching(/^NOQUORUM/),
    });
  });

  it('reads the new master and epoch after a failover', () => {
    const look = captured('redis-7.0-after-failover');
    const { handsOut, master } = factsOf(asked('redis-7.0-after-failover', 'sentinel-1'));
    expect(handsOut).toEqual(look.expectation.nodes[1]?.address);
    expect(master).toMatchObject({ facts: { configEpoch: 1, address: handsOut } });
  });

  it('reads a ping period that was left short', () => {
    expect(factsOf(asked('redis-7.0-ping-period', 'sentinel-1')).pingPeriodMs).toBe(100);
  });

  it.each<[string, Partial<Asked>, Partial<SentinelFacts>]>([
    [
      'other times',
      { debug: ok(['ASK-PERIOD', '1000000000', 'INFO-PERIOD', '10000']) },
      { changedTimes: ['ask-period 1000000000 (usual: 1000)'] },
    ],
    ['TILT', { info: ok('sentinel_tilt:1\r\n') }, { tilt: true }],
    [
      'a simulated failure',
      { info: ok('sentinel_simulate_failure_flags:2\r\n') },
      { simulateFailure: true },
    ],
    [
      'a conf that is not saved',
      { flush: refused('ERR Failed to save config file') },
      { confSaved: { ok: false, why: 'ERR Failed to save config file' } },
    ],
    [
      'a master that it does not know',
      { master: refused('ERR No such master with that name') },
      { master: { reached: false, why: 'ERR No such master with that name' } },
    ],
    [
      'a master reply that is no list',
      { master: ok('x') },
      { master: { reached: false, why: 'the reply was not understood' } },
    ],
    ['no replicas', { replicas: refused('ERR No such master with that name') }, { replicas: [] }],
    ['peers that are no list', { peers: ok(null) }, { peers: [] }],
    ['CKQUORUM without a number', { ckquorum: ok('OK') }, { ckquorum: { ok: true, text: 'OK' } }],
  ])('reads %s', (_, changes, expected) => {
    expect(changed(changes)).toMatchObject(expected);
  });

  it.each<[string, Partial<Asked>, keyof SentinelFacts]>([
    ['an id before 6.2', { myid: refused('ERR Unknown sentinel subcommand') }, 'myId'],
    ['an address when it hands out none', { address: ok(null) }, 'handsOut'],
    ['an address when it knows no master', { address: refused('IDONTKNOW') }, 'handsOut'],
    [
      'a ping period before 7.0',
      { debug: refused('ERR Unknown sentinel subcommand') },
      'pingPeriodMs',
    ],
  ])('has no %s', (_, changes, absent) => {
    expect(changed(changes)).not.toHaveProperty(absent);
  });

  it('has no word of saving when nobody asked', () => {
    const { flush, ...replies } = asked('redis-7.0-healthy', 'sentinel-1');
    expect(flush).toBeDefined();
    expect(factsOf(replies)).not.toHaveProperty('confSaved');
  });

  it('reads the state of a failover that runs', () => {
    const { master } = asked('redis-7.0-healthy', 'sentinel-1');
    const fields = master.ok && Array.isArray(master.value) ? master.value : [];
    const seen = changed({ master: ok([...fields, 'failover-state', 'wait_promotion']) });
    expect(seen.master).toMatchObject({ facts: { failoverState: 'wait_promotion' } });
  });

  it('reads a replica that follows nobody', () => {
    const row = [
      'ip',
      '1.2.3.4',
      'port',
      '6379',
      'flags',
      'slave,s_down',
      'master-host',
      '?',
      'master-port',
      '0',
    ];
    const [replica] = changed({ replicas: ok([row]) }).replicas;
    expect(replica).not.toHaveProperty('master');
    expect(replica?.flags).toEqual(['slave', 's_down']);
  });

  it('is not reached when INFO was refused', () => {
    const replies = { ...asked('redis-7.0-healthy', 'sentinel-1'), info: refused('NOAUTH') };
    expect(parseSentinel(replies)).toEqual({ reached: false, why: 'NOAUTH' });
  });
});
