import { expectRecord } from '../../src/health/expect.js';
import { judge, obstacles } from '../../src/health/judge.js';
import { renamesIn } from '../../src/health/sentinel-renames.js';
import { monitoredIn, watchersIn } from '../../src/health/watchers.js';
import type { NodeObservation, Observation } from '../../src/model/observation.js';
import { healthyObservation, withRedis, withSentinel, withSilent } from '../helpers/observation.js';
import { anExpectation, aRecord, nodeNamed } from '../helpers/topology.js';
import { findingsOf } from '../helpers/verdict.js';

const record = aRecord();
const idOf = (name: string) => nodeNamed(record, name).sentinelId?.slice(0, 8) ?? '';
const client = (name: string, id: number) =>
  `id=${id} addr=172.30.5.${id}:40000 fd=9 name=${name} age=4 flags=P user=default`;

/** What a data node tells of those who listen on it. */
const listening = (...names: string[]) =>
  watchersIn({
    watchers: { ok: true, value: names.map((name, i) => client(name, i + 90)).join('\n') },
  });
const own = ['sentinel-1', 'sentinel-2', 'sentinel-3'].map(
  (name) => `sentinel-${idOf(name)}-pubsub`,
);

describe('a data node that two topologies claim', () => {
  it('is not one whose listeners are its own Sentinels, and applications', () => {
    const look = withRedis(healthyObservation(), 'redis-1', (facts) => ({
      ...facts,
      ...listening(...own, 'an-application', 'sentinel-of-theirs', ''),
    }));
    expect(findingsOf(look)).toEqual([]);
  });

  it('is known by a listener that is none of its Sentinels, told once for all nodes', () => {
    const watched = { ...listening(...own, 'sentinel-0badcafe-pubsub') };
    const look = ['redis-1', 'redis-2'].reduce(
      (before, name) => withRedis(before, name, (facts) => ({ ...facts, ...watched })),
      healthyObservation(),
    );
    const { findings } = judge(anExpectation(), look);
    expect(findings).toMatchObject([
      { code: 'claimed-twice', severity: 'error', subject: 'redis-1, redis-2' },
    ]);
    expect(findings[0]?.saw).toMatch(/172\.30\.5\.93:40000 .*0badcafe/);
  });

  it('is known by its own Sentinels, which say under which other name', () => {
    const { ip } = nodeNamed(record, 'redis-2').address;
    const reply = [
      ['name', 'mymaster', 'ip', '172.30.5.11', 'port', '6379'],
      ['name', 'theirs', 'ip', ip, 'port', '6379'],
      ['name', 'elsewhere', 'ip', '10.9.9.9', 'port', '6379'],
    ];
    const monitored = monitoredIn({ masters: { ok: true, value: reply } });
    const look = ['sentinel-1', 'sentinel-3'].reduce(
      (before, name) => withSentinel(before, name, (facts) => ({ ...facts, ...monitored })),
      healthyObservation(),
    );
    expect(judge(anExpectation(), look).findings).toMatchObject([
      {
        ...{ code: 'claimed-twice', subject: 'redis-2' },
        saw: 'sentinel-1, sentinel-3 monitor it as theirs, too',
        fix: 'SENTINEL REMOVE theirs on sentinel-1, sentinel-3',
      },
    ]);
  });
});

describe('a replica that is not announced', () => {
  const hidden = () => {
    const { ip } = nodeNamed(record, 'redis-3').address;
    const look = withRedis(healthyObservation(), 'redis-3', (facts) => ({
      ...facts,
      ...(facts.upstream && { upstream: { ...facts.upstream, announced: false } }),
    }));
    return ['sentinel-1', 'sentinel-2', 'sentinel-3'].reduce(
      (before, name) =>
        withSentinel(before, name, (facts) => ({
          ...facts,
          replicas: facts.replicas.filter(({ address }) => address.ip !== ip),
        })),
      look,
    );
  };

  it('is one finding with its remedy, and no Sentinel is blamed', () => {
    const { findings } = judge(anExpectation(), hidden());
    expect(findings).toMatchObject([
      { code: 'replica-hidden', severity: 'error', subject: 'redis-3' },
    ]);
    expect(findings[0]?.fix).toContain('rsent up lab sets it back');
  });

  it('may be what the user’s own templates say', () => {
    const { spec } = record;
    const expectation = expectRecord({ ...record, spec: { ...spec, templates: '/own' } });
    expect(judge(expectation, hidden())).toMatchObject({
      healthy: true,
      findings: [{ code: 'replica-hidden', severity: 'warning' }],
    });
  });
});

describe('a master that keeps rsent out', () => {
  const silent = (why: string): Observation => {
    const look = withSilent(healthyObservation(), 'redis-1', 'running');
    const nodes = look.nodes.map(
      (node): NodeObservation =>
        node.name === 'redis-1' ? { ...node, answer: { reached: false, why } } : node,
    );
    return { ...look, nodes };
  };

  it.each([
    ['clients-full', 'ERR max number of clients reached'],
    ['node-busy', 'BUSY Redis is busy running a script.'],
    ['access-refused', 'WRONGPASS invalid username-password pair or user is disabled.'],
  ])('is no master that is not there: %s', (code, why) => {
    const verdict = judge(anExpectation(), silent(why));
    expect(verdict.state).toBe('down');
    expect(verdict.findings[0]).toMatchObject({ code, subject: 'redis-1' });
    expect(verdict.findings.find((each) => each.code === 'no-master')).toMatchObject({
      followsFrom: code,
    });
    expect(obstacles(verdict).map((each) => each.code)).toEqual([code]);
  });

  it('is not there where nothing else is known', () => {
    const { findings } = judge(anExpectation(), silent('connect ECONNREFUSED 127.0.0.1:6379'));
    expect(findings.find(({ code }) => code === 'no-master')).not.toHaveProperty('followsFrom');
  });

  it('names the commands that end its connections', () => {
    const { findings } = judge(anExpectation(), silent('ERR max number of clients reached'));
    expect(findings[0]?.fix).toMatch(/rsent stop lab redis-1, then rsent start lab redis-1/);
  });
});

describe('a Sentinel that sends commands under other names', () => {
  const conf = [
    'sentinel monitor mymaster 172.30.5.11 6379 2',
    'sentinel rename-command mymaster config guessme',
    'SENTINEL rename-command other SLAVEOF x',
  ].join('\n');
  const look = () =>
    withSentinel(healthyObservation(), 'sentinel-2', (facts) => ({
      ...facts,
      renames: renamesIn(conf, 'mymaster'),
    }));

  it('is an error, as the data nodes have them under their own', () => {
    expect(renamesIn(conf, 'mymaster')).toEqual(['CONFIG']);
    const { findings } = judge(anExpectation(), look());
    expect(findings).toMatchObject([{ code: 'command-renamed', subject: 'sentinel-2' }]);
    expect(findings[0]?.fix).toContain('SENTINEL SET mymaster rename-command CONFIG CONFIG');
  });

  it('may be what the data nodes are set to', () => {
    const renamed = ['redis-1', 'redis-2', 'redis-3'].reduce(
      (before, name) => withRedis(before, name, (facts) => ({ ...facts, renamed: ['CONFIG'] })),
      look(),
    );
    expect(findingsOf(renamed).filter((each) => each.includes('sentinel'))).toEqual([]);
  });
});
