import colors from 'picocolors';
import { connectionOf } from '../../src/report/connection.js';
import { downJson, downText } from '../../src/report/down.js';
import { listJson, listText } from '../../src/report/list.js';
import { specFile } from '../../src/report/spec-file.js';
import { planText, upJson, upText } from '../../src/report/up.js';
import { fileLayer } from '../../src/spec/file-layer.js';
import { checkLayer } from '../../src/spec/layers.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { aRecord } from '../helpers/topology.js';

const plain = colors.createColors(false);
const HEALTHY = { state: 'healthy', healthy: true, findings: [] } as const;

describe('up', () => {
  const report = {
    record: aRecord(),
    connection: connectionOf(
      aRecord(),
      { passwordFile: '/password', authorityFile: '/ca.crt' },
      true,
    ),
    plan: { version: 1, topology: 'lab', steps: [] } as const,
    verdict: HEALTHY,
    master: 'redis-2',
    elapsedMs: 2345,
    settings: [],
  };

  it('says in its document who is what and where', () => {
    expect(upJson(report)).toMatchObject({
      schemaVersion: 1,
      topology: 'lab',
      masterName: 'mymaster',
      state: 'healthy',
      changed: false,
      elapsedMs: 2345,
      master: { node: 'redis-2', address: '172.30.5.12:6379' },
      nodes: expect.arrayContaining([
        {
          name: 'redis-2',
          kind: 'redis',
          role: 'master',
          address: '172.30.5.12:6379',
          published: '127.0.0.1:6380',
          container: 'lab-redis-2',
        },
        expect.objectContaining({ name: 'redis-1', role: 'replica' }),
        expect.objectContaining({ name: 'sentinel-1', role: 'sentinel' }),
      ]),
    });
  });

  it('says in words that nothing was changed, or how long it took', () => {
    expect(upText(report, plain)).toContain('lab is up and healthy already');
    const step = { kind: 'start-container', id: 'x', after: [], container: 'lab-redis-1' } as const;
    const changed = { ...report, plan: { ...report.plan, steps: [step] } };
    expect(upText(changed, plain)).toContain('lab is healthy after 2.35 s. The master is redis-2.');
    expect(upJson(changed)).toMatchObject({ changed: true });
  });

  it('gives lines to paste with the published ports', () => {
    const text = upText(report, plain);
    expect(text).toContain('redis-cli -p 26379 sentinel get-master-addr-by-name mymaster');
    expect(text).toContain('redis-cli -p 6380 set greeting hello');
    expect(text).toContain("[('127.0.0.1', 26379), ('127.0.0.1', 26380), ('127.0.0.1', 26381)]");
  });

  it('prints a plan with every file in full', () => {
    const file = {
      kind: 'write-file',
      id: 'f',
      after: [],
      path: '/x/redis.conf',
      content: 'port 1\nbind 2\n',
      mode: 0o600,
    } as const;
    const text = planText({ version: 1, topology: 'lab', steps: [file] }, plain);
    expect(text).toContain('Plan for lab, 1 steps:');
    expect(text).toContain('  1  write-file        /x/redis.conf (600)');
    expect(text).toContain('/x/redis.conf\n    port 1\n    bind 2');
    expect(planText({ version: 1, topology: 'lab', steps: [] }, plain)).toBe('Nothing to do.');
  });
});

describe('down', () => {
  it.each([
    [
      'all was removed',
      { containers: 6, networks: 1, data: { path: '/d/lab', removed: true } },
      'lab is down: 6 containers and 1 network removed.\nIts data in /d/lab is removed.',
    ],
    [
      'the data is kept',
      { containers: 1, networks: 0, data: { path: '/d/lab', removed: false } },
      'lab is down: 1 container and 0 networks removed.\nIts data is kept in /d/lab; rsent up lab brings it back.',
    ],
    [
      'what runs is another data home’s',
      { containers: 0, networks: 0, elsewhere: '/e/lab' },
      'What runs as lab was left, and so was its data in /e/lab: that is another data home. rsent down lab --data-dir /e removes it.',
    ],
    [
      'nothing was there',
      { containers: 0, networks: 0 },
      'There is no topology named lab; nothing to do.',
    ],
  ])('says that %s', (_, removed, text) => {
    expect(downText('lab', removed)).toBe(text);
    expect(downJson('lab', removed)).toEqual({ schemaVersion: 1, topology: 'lab', ...removed });
  });
});

describe('ls', () => {
  const rows = [
    { name: 'lab', state: 'healthy', containers: 6, master: 'redis-1' },
    { name: 'old', state: 'asleep', containers: 0 },
  ];

  it('lists each in words and as a document', () => {
    expect(
      listText(rows, plain)
        .split('\n')
        .map((line) => line.split(/\s+/)),
    ).toEqual([
      ['TOPOLOGY', 'STATE', 'CONTAINERS', 'MASTER'],
      ['lab', 'healthy', '6', 'redis-1'],
      ['old', 'asleep', '0', '-'],
    ]);
    expect(listJson(rows)).toEqual({
      schemaVersion: 1,
      topologies: [rows[0], { ...rows[1], master: null }],
    });
    expect(listText([], plain)).toContain('No topologies');
  });
});

describe('the spec file of init', () => {
  it('is taken as it stands, and means what was answered', () => {
    const answers = {
      name: 'lab',
      profile: 'ci',
      replicas: 4,
      sentinels: 5,
      masterName: 'my.master',
    };
    const { layer, problems } = fileLayer(specFile(answers), 'rsent.yaml');
    expect(problems).toEqual([]);
    expect(resolveSpec([layer]).spec).toMatchObject({
      name: 'lab',
      replicas: 4,
      sentinels: 5,
      quorum: 3,
      masterName: 'my.master',
      timing: { downAfterMs: 2000 },
    });
  });

  it.each(['true', '123', 'no', 'null'])('keeps the name %s a text', (name) => {
    const answers = { name, profile: 'ci', replicas: 2, sentinels: 3, masterName: name };
    expect(fileLayer(specFile(answers), 'x').layer.values).toMatchObject({
      name,
      masterName: name,
    });
  });

  /** The file with all that is commented out uncommented, but for these keys. */
  function uncommented(...but: readonly string[]): string {
    const answers = { name: 'lab', profile: 'ci', replicas: 2, sentinels: 3, masterName: 'm' };
    return specFile(answers).replace(/^# ([a-zA-Z]+)(?=: \S+$)/gm, (line, key) =>
      but.includes(key) ? line : key,
    );
  }

  it('has nothing commented out that is not legal by itself', () => {
    const { layer, problems } = fileLayer(uncommented(), 'rsent.yaml');
    expect([...problems, ...checkLayer(layer).problems]).toEqual([]);
    expect(Object.keys(layer.values).length).toBeGreaterThan(24);
  });

  it.each([
    ['host', ['address', 'join']],
    ['containers', ['address']],
    ['lan', ['join', 'publish']],
  ])('stays whole when all is uncommented that is for clients: %s', (clients, others) => {
    const text = uncommented(...others).replace('clients: host', `clients: ${clients}`);
    const { layer } = fileLayer(text, 'rsent.yaml');
    expect(resolveSpec([layer]).spec.reach.clients).toBe(clients);
  });
});
