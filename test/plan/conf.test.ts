import { readFileSync } from 'node:fs';
import type { TopologySpec } from '../../src/model/spec.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { renderConf } from '../../src/plan/conf.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { fixturePath } from '../helpers/fixtures.js';
import { TEMPLATES } from '../helpers/templates.js';
import { anId, aRecord, nodeNamed } from '../helpers/topology.js';

/** The directives of a node's first conf, one a line, without comments. */
function confOf(record: TopologyRecord, name: string, master = 'redis-1'): string[] {
  const address = nodeNamed(record, master).address;
  const node = nodeNamed(record, name);
  return directives(renderConf(node, record.spec, record.placement, address, TEMPLATES));
}

function directives(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

const sentinels = ['sentinel-1', 'sentinel-2', 'sentinel-3'];

describe('the conf of a data node', () => {
  it.each(['redis-2', 'redis-3'])('makes %s a replica of the master', (name) => {
    expect(confOf(aRecord(), name)).toContain('replicaof 172.30.5.11 6379');
  });

  it('lets the master follow nobody', () => {
    expect(confOf(aRecord(), 'redis-1').filter((line) => /replicaof/.test(line))).toEqual([]);
  });

  it('makes the first node a replica when another one is master', () => {
    expect(confOf(aRecord(), 'redis-1', 'redis-3')).toContain('replicaof 172.30.5.13 6379');
    expect(confOf(aRecord(), 'redis-3', 'redis-3').join()).not.toContain('replicaof');
  });

  it.each([
    'appendonly yes',
    'replica-read-only yes',
    'repl-diskless-sync-delay 0',
    'daemonize no',
  ])('says %s on every node', (line) => {
    for (const name of ['redis-1', 'redis-2']) expect(confOf(aRecord(), name)).toContain(line);
  });
});

describe('the conf of a Sentinel', () => {
  it.each(sentinels)('has its own id: %s', (name) => {
    const own = nodeNamed(aRecord(), name).sentinelId;
    expect(confOf(aRecord(), name)).toContain(`sentinel myid ${own}`);
  });

  it.each(sentinels)('names every other Sentinel with its id, and never itself: %s', (name) => {
    const known = confOf(aRecord(), name).filter((line) => line.includes('known-sentinel'));
    const others = [1, 2, 3].filter((number) => `sentinel-${number}` !== name);
    expect(known).toEqual(
      others.map((n) => `sentinel known-sentinel mymaster 172.30.5.20${n} 26379 ${anId(n)}`),
    );
  });

  it.each([
    ['redis-1', ['12', '13']],
    ['redis-2', ['11', '13']],
    ['redis-3', ['11', '12']],
  ])('names every replica, and never the master: %s', (master, hosts) => {
    const lines = confOf(aRecord(), 'sentinel-1', master);
    const known = lines.filter((line) => line.includes('known-replica'));
    expect(known).toEqual(hosts.map((n) => `sentinel known-replica mymaster 172.30.5.${n} 6379`));
  });

  it('monitors the master of that moment with the quorum', () => {
    expect(confOf(aRecord({ quorum: 3 }), 'sentinel-1', 'redis-2')).toContain(
      'sentinel monitor mymaster 172.30.5.12 6379 3',
    );
  });

  it('says the id and the monitor line before all that names the master, as 6.0 needs it', () => {
    const lines = confOf(aRecord(), 'sentinel-1').filter((line) => line.startsWith('sentinel '));
    expect(lines[0]).toMatch(/^sentinel myid /);
    expect(lines[1]).toMatch(/^sentinel monitor /);
  });

  it('carries the master name that was asked for throughout', () => {
    const lines = confOf(aRecord({ masterName: 'orders' }), 'sentinel-1');
    const naming = lines.filter((line) => /^sentinel (?!myid)/.test(line));
    expect(naming.length).toBeGreaterThan(6);
    expect(naming.every((line) => line.split(' ')[2] === 'orders')).toBe(true);
  });

  it('has no word left empty', () => {
    for (const name of sentinels) {
      expect(
        confOf(aRecord(), name).filter((line) => /\s$|\s\s|undefined|\{\{/.test(line)),
      ).toEqual([]);
    }
  });
});

describe('against the seed document', () => {
  const seed = readSeed();
  const spec: TopologySpec = {
    ...resolveSpec([]).spec,
    name: 'lab',
    logFile: 'redis_sentinel.log',
  };
  const lines = confOf({ ...aRecord(), spec }, 'sentinel-1');
  const tokens = (line: string) => line.replaceAll('"', '').trim().split(/\s+/);

  it('has found the conf in the document', () => {
    expect(seed).toHaveLength(10);
  });

  it.each(seed)('has its directive: %s', (line) => {
    // The address of the master is each topology's own: 127.0.0.1 is the Sentinel's own container.
    const expected = tokens(line).map((token) => (token === '127.0.0.1' ? '172.30.5.11' : token));
    expect(lines.map(tokens)).toContainEqual(expected);
  });
});

/** The lines of sentinel.conf in the user's document, from `port` to the last `sentinel …`. */
function readSeed(): string[] {
  const text = readFileSync(fixturePath('seed/sentinel.conf'), 'utf8');
  return directives(text);
}
