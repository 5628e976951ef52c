import { parseRedis, refusal } from '../../src/health/parse-info.js';
import type { RedisFacts, Reply } from '../../src/model/observation.js';
import { captured } from '../helpers/fixtures.js';

const ok = (value: unknown): Reply => ({ ok: true, value });
const refused = (error: string): Reply => ({ ok: false, error });

function factsOf(info: string, role: Reply = ok(['master', 0, []])): RedisFacts {
  const answer = parseRedis({ info: ok(info), role });
  if (!answer.reached) throw new Error(answer.why);
  return answer.facts;
}

function capturedFacts(fixture: string, name: string): RedisFacts {
  const asked = captured(fixture).replies[name];
  if (asked?.kind !== 'redis' || asked.replies === null) throw new Error(`no ${name}`);
  const answer = parseRedis(asked.replies);
  if (!answer.reached) throw new Error(answer.why);
  return answer.facts;
}

const VERSIONS = ['redis-6.0', 'redis-7.0', 'redis-8.0', 'valkey-8.1'];

describe.each(VERSIONS)('parseRedis on a healthy %s', (version) => {
  const look = captured(`${version}-healthy`);
  const addressOf = (name: string) => look.expectation.nodes.find((n) => n.name === name)?.address;

  it('reads the master with its replicas', () => {
    const facts = capturedFacts(`${version}-healthy`, 'redis-1');
    expect(facts).toMatchObject({
      role: 'master',
      roleCommand: 'master',
      loading: false,
      appendOnly: true,
      lastWriteOk: true,
      lastSaveOk: true,
      masterReplicationId: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(facts).not.toHaveProperty('upstream');
    expect(facts.offset).toBeGreaterThan(0);
    const { replicas } = facts;
    expect(new Set(replicas.map(({ address }) => address))).toEqual(
      new Set([addressOf('redis-2'), addressOf('redis-3')]),
    );
    expect(replicas.every(({ state, lagS }) => state === 'online' && lagS >= 0)).toBe(true);
    expect(replicas.every(({ offset }) => offset > 0)).toBe(true);
  });

  it.each(['redis-2', 'redis-3'])('reads %s with its link', (name) => {
    const facts = capturedFacts(`${version}-healthy`, name);
    expect(facts).toMatchObject({ role: 'slave', roleCommand: 'slave', replicas: [] });
    expect(facts.upstream).toEqual({
      ...(version === 'redis-6.0' ? {} : { announced: true }),
      master: addressOf('redis-1'),
      linkUp: true,
      syncInProgress: false,
      readOnly: true,
      priority: 100,
    });
    expect(facts.offset).toBeGreaterThan(0);
  });

  it('sees one history on all nodes', () => {
    const ids = ['redis-1', 'redis-2', 'redis-3'].map(
      (name) => capturedFacts(`${version}-healthy`, name).masterReplicationId,
    );
    expect(new Set(ids).size).toBe(1);
  });
});

describe('parseRedis', () => {
  it('sees the link of a replica break with its master', () => {
    const { upstream } = capturedFacts('redis-7.0-master-killed', 'redis-2');
    expect(upstream).toMatchObject({ linkUp: false });
  });

  it.each<[string, string, Partial<RedisFacts>]>([
    ['a server that loads', 'role:master\r\nloading:1\r\n', { loading: true }],
    ['a failed write', 'role:master\r\naof_last_write_status:err\r\n', { lastWriteOk: false }],
    ['a failed snapshot', 'role:master\r\nrdb_last_bgsave_status:err\r\n', { lastSaveOk: false }],
    ['a role that it does not know', 'role:witness\r\n', { role: 'other' }],
    ['a reply that is no INFO', 'hello', { role: 'other', offset: 0, replicas: [] }],
    [
      'a priority of 0',
      'role:slave\r\nmaster_host:1.2.3.4\r\nmaster_port:6379\r\nslave_priority:0\r\n',
      {
        upstream: {
          master: { ip: '1.2.3.4', port: 6379 },
          linkUp: false,
          syncInProgress: false,
          readOnly: false,
          priority: 0,
        },
      },
    ],
    [
      'a replica without an address',
      'role:master\r\nslave0:state=online,lag=0\r\n',
      { replicas: [] },
    ],
    [
      'a replica that never acknowledged',
      'role:master\r\nslave0:ip=1.2.3.4,port=6379,state=wait_bgsave,offset=0\r\n',
      {
        replicas: [
          { address: { ip: '1.2.3.4', port: 6379 }, state: 'wait_bgsave', offset: 0, lagS: -1 },
        ],
      },
    ],
  ])('reads %s', (_, info, facts) => {
    expect(factsOf(info)).toMatchObject(facts);
  });

  it('reads the offset that fits the role', () => {
    const both = 'master_repl_offset:7\r\nslave_repl_offset:5\r\n';
    expect(factsOf(`role:master\r\n${both}`).offset).toBe(7);
    expect(factsOf(`role:slave\r\n${both}`).offset).toBe(5);
  });

  it('takes no line of another field for a replica', () => {
    const info =
      'role:master\r\nslave_repl_offset:1\r\nslave0x:ip=1.2.3.4,port=1\r\nconnected_slaves:1\r\n';
    expect(factsOf(info).replicas).toEqual([]);
  });

  it.each<[string, Reply]>([
    ['an error', refused('LOADING')],
    ['no array', ok('master')],
    ['an empty array', ok([])],
  ])('has no word of the role when ROLE gives %s', (_, role) => {
    expect(factsOf('role:master\r\n', role).roleCommand).not.toBe('master');
  });

  it.each<[string, Reply, string]>([
    [
      'the server refused',
      refused('NOAUTH Authentication required.'),
      'NOAUTH Authentication required.',
    ],
    ['the reply is no text', ok(['a']), 'the reply was not understood'],
  ])('is not reached when %s', (_, info, why) => {
    expect(parseRedis({ info, role: ok(['master']) })).toEqual({ reached: false, why });
  });
});

describe('refusal', () => {
  it('always has words', () => {
    expect(refusal({ ok: false })).toBe('no reply');
    expect(refusal({ ok: false, error: 'ERR' })).toBe('ERR');
  });
});
