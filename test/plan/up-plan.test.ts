import type { Plan } from '../../src/model/plan.js';
import { confPath } from '../../src/plan/conf-path.js';
import type { UpFacts } from '../../src/plan/up-facts.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { aRecord } from '../helpers/topology.js';
import {
  ancestors,
  facts,
  names,
  record,
  sentinelNames,
  stepsOfKind,
} from '../helpers/up-facts.js';

describe('upPlan: a new topology', () => {
  const plan = upPlan(facts());

  it('makes and starts every node', () => {
    expect(stepsOfKind(plan, 'create-container').map(({ container }) => container.name)).toEqual(
      record.placement.nodes.map(({ container }) => container),
    );
    expect(stepsOfKind(plan, 'start-container')).toHaveLength(6);
    expect(stepsOfKind(plan, 'write-file').map(({ path }) => path)).toEqual(
      record.placement.nodes.map((node) => confPath('/data/lab', node)),
    );
  });

  it('keeps the record before anything else', () => {
    expect(plan.steps[0]).toEqual({ kind: 'write-record', id: 'record', after: [], record });
    for (const { id } of plan.steps.slice(1)) {
      expect([id, [...ancestors(plan, id)]]).toEqual([id, expect.arrayContaining(['record'])]);
    }
  });

  it('starts the master, then the replicas, then the Sentinels', () => {
    for (const name of ['redis-2', 'redis-3']) {
      expect(ancestors(plan, `start:${name}`)).toContain('address:redis-1');
      expect(ancestors(plan, `sync:${name}`)).toContain('ready:redis-1');
    }
    for (const name of sentinelNames) {
      const before = [...ancestors(plan, `start:${name}`)];
      expect(before).toEqual(
        expect.arrayContaining(['ready:redis-1', 'address:redis-2', 'address:redis-3']),
      );
    }
  });

  it('starts Sentinels when all but two replicas are in sync, and these have their addresses', () => {
    const larger = upPlan(facts({ record: aRecord({ replicas: 5 }) }));
    for (const name of sentinelNames) {
      const before = [...ancestors(larger, `start:${name}`)];
      const waited = (prefix: string) => before.filter((id) => id.startsWith(prefix)).sort();
      expect(waited('address:')).toEqual(['address:redis-1', 'address:redis-2', 'address:redis-3']);
      expect(waited('sync:')).toEqual(['sync:redis-4', 'sync:redis-5', 'sync:redis-6']);
    }
  });

  it('looks for the address of a node while that starts', () => {
    const waits = stepsOfKind(plan, 'await-address');
    expect(waits.map(({ node }) => node)).toEqual(['redis-1', 'redis-2', 'redis-3']);
    for (const { node, after } of waits) {
      expect(after).toEqual(plan.steps.find(({ id }) => id === `start:${node}`)?.after);
    }
  });

  it.each<[string, Partial<UpFacts>]>([
    ['was begun before', { recorded: true }],
    ['has data', { keptRedis: new Map([['redis-1', {}]]) }],
    ['begins with the data of a backup', { dumpBytes: 100 }],
  ])('has the replicas wait for a master that answers where the topology %s', (_, more) => {
    const ordered = upPlan(facts(more));
    expect(stepsOfKind(ordered, 'await-address')).toEqual([]);
    for (const name of ['redis-2', 'redis-3']) {
      expect(ancestors(ordered, `start:${name}`)).toContain('ready:redis-1');
    }
    for (const name of sentinelNames) {
      const before = [...ancestors(ordered, `start:${name}`)];
      expect(before).toEqual(expect.arrayContaining(['sync:redis-2', 'sync:redis-3']));
    }
    expect(stepsOfKind(ordered, 'await-sync').map(({ master }) => master)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('creates a container only when its network, conf and directories are there', () => {
    for (const name of names) {
      expect([...ancestors(plan, `create:${name}`)]).toEqual(
        expect.arrayContaining(['network', `conf:${name}`, `directory:${name}/data`]),
      );
    }
  });

  it('makes directories and files that only their owner may read', () => {
    expect(stepsOfKind(plan, 'make-directory').every(({ mode }) => mode === 0o700)).toBe(true);
    expect(stepsOfKind(plan, 'write-file').every(({ mode }) => mode === 0o600)).toBe(true);
  });

  it('hands files over to the user of the containers only when told to', () => {
    const user = { uid: 999, gid: 999 };
    const handed = upPlan(facts({ user, chown: true }));
    const owners = (each: Plan) =>
      [...stepsOfKind(each, 'make-directory'), ...stepsOfKind(each, 'write-file')].map(
        ({ owner }) => owner,
      );
    expect(new Set(owners(plan))).toEqual(new Set([undefined]));
    expect(owners(handed).every((owner) => owner?.uid === 999)).toBe(true);
  });

  it('mounts directories, never single files: a file mount cannot be renamed over', () => {
    for (const { container } of stepsOfKind(plan, 'create-container')) {
      expect(container.mounts.map(({ to }) => to).sort()).toEqual(['/data', '/etc/redis']);
    }
  });

  it('starts Sentinels as Sentinels, with the server that the image has', () => {
    const entry = upPlan(facts({ server: 'valkey-server' }));
    const commands = stepsOfKind(entry, 'create-container').map(({ container }) => [
      container.name,
      container.entrypoint.at(-1),
    ]);
    for (const [name, command] of commands) {
      const tail = name?.includes('sentinel') ? 'sentinel.conf --sentinel' : 'redis.conf';
      expect(command).toBe(`umask 077; exec valkey-server /etc/redis/${tail}`);
    }
  });

  it('does not hasten Sentinels that have no such command', () => {
    const plain = upPlan(facts({ canHasten: false }));
    expect(stepsOfKind(plan, 'hasten-sentinel')).toHaveLength(3);
    expect(stepsOfKind(plain, 'hasten-sentinel')).toHaveLength(0);
    expect(stepsOfKind(plain, 'await-ready').map(({ node }) => node)).toEqual(
      expect.arrayContaining(sentinelNames),
    );
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});
