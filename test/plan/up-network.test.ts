import type { Plan } from '../../src/model/plan.js';
import { NETWORK_FORMS } from '../../src/model/spec.js';
import type { ContainerState } from '../../src/model/topology.js';
import type { UpFacts } from '../../src/plan/up-facts.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { aRecord, aRecordIn, aSpec } from '../helpers/topology.js';
import {
  ancestors,
  asleep,
  facts,
  ids,
  made,
  names,
  redisNames,
  sentinelNames,
  stepsOfKind,
} from '../helpers/up-facts.js';

const record = aRecordIn('pod');
const replicaOf = record.placement.nodes[0]?.address;
const podFacts = (changes: Partial<UpFacts> = {}) => facts({ record, ...changes });
/** All nodes were made before; their containers are in this state, that of the pod in that. */
const podMade = (state: ContainerState, pod: ContainerState | undefined, more = {}) =>
  made(state, { record, pod, ...more });

function expectSound(plan: Plan): void {
  expect(new Set(ids(plan)).size).toBe(plan.steps.length);
  plan.steps.forEach((step, i) => {
    const before = ids(plan).slice(0, i);
    expect([step.id, step.after.filter((id) => !before.includes(id))]).toEqual([step.id, []]);
  });
}

/** Sentinels first, so that nobody sees a failure. */
const endOrder = [...sentinelNames, ...redisNames];

describe('the network of a new topology', () => {
  it.each(NETWORK_FORMS)('comes before all that is on it: %s', (form) => {
    const plan = upPlan(facts({ record: aRecordIn(form) }));
    expectSound(plan);
    expect(stepsOfKind(plan, 'create-network')).toHaveLength(1);
    for (const { id } of stepsOfKind(plan, 'create-container')) {
      expect([id, [...ancestors(plan, id)]]).toEqual([id, expect.arrayContaining(['network'])]);
    }
  });

  it.each([
    ['bridge', 'host', true],
    ['bridge', 'containers', false],
    ['pod', 'host', false],
    ['announce', 'host', false],
    ['announce', 'lan', false],
    ['announce', 'containers', false],
  ] as const)(
    'in the form %s with clients %s has to be seen from here: %s',
    (form, clients, is) => {
      const plan = upPlan(facts({ record: aRecordIn(form, { reach: { clients } }) }));
      expect(stepsOfKind(plan, 'create-network').map(({ seenFromHost }) => seenFromHost)).toEqual([
        is,
      ]);
    },
  );

  it('is never made where it is somebody else’s, seen or not', () => {
    const { placement } = aRecord();
    const joined = { ...placement, network: 'app-net', joined: true };
    const spec = aSpec({ reach: { clients: 'containers', join: 'app-net' } });
    for (const networkExists of [false, true]) {
      const plan = upPlan(
        facts({ record: { schemaVersion: 1, spec, placement: joined }, networkExists }),
      );
      expectSound(plan);
      expect(stepsOfKind(plan, 'create-network')).toEqual([]);
      expect(
        stepsOfKind(plan, 'create-container').map(({ container }) => container.network),
      ).toEqual(placement.nodes.map(({ address }) => ({ name: 'app-net', ip: address.ip })));
    }
  });
});

describe('a node that was cut off', () => {
  it.each([
    ['bridge', { ip: '172.30.5.13' }],
    ['announce', {}],
  ] as const)('comes back at the address that its form wants: %s', (form, at) => {
    const plan = upPlan(made('running', { record: aRecordIn(form), cut: new Set(['redis-3']) }));
    expect(stepsOfKind(plan, 'connect-container')).toEqual([
      {
        ...{ kind: 'connect-container', id: 'heal:redis-3', after: [] },
        ...{ container: 'lab-redis-3', network: 'lab-net', ...at },
      },
    ]);
  });
});

describe('a new topology in a pod', () => {
  const plan = upPlan(podFacts());

  it('starts its pod once, before any node is made in it', () => {
    expectSound(plan);
    expect(ids(plan).filter((id) => id.includes('pod'))).toEqual(['create:pod', 'pod']);
    expect(plan.steps.find(({ id }) => id === 'create:pod')?.after).toEqual(['network']);
    expect(plan.steps.find(({ id }) => id === 'pod')).toEqual({
      ...{ kind: 'start-container', id: 'pod', after: ['create:pod'], container: 'lab-pod' },
    });
    for (const name of names) expect(ancestors(plan, `create:${name}`)).toContain('pod');
  });

  it('removes nothing, as there is nothing', () => {
    expect(stepsOfKind(plan, 'remove-container')).toEqual([]);
  });
});

describe('a topology whose pod runs', () => {
  it('is left alone', () => {
    expect(upPlan(podMade('running', 'running')).steps).toEqual([]);
  });

  it('gets back a node that died in it, and nothing else', () => {
    const containers = new Map([...podMade('running', 'running').containers]);
    containers.set('redis-3', 'exited');
    const plan = upPlan(podMade('running', 'running', { containers }));
    expect(ids(plan)).toEqual(['start:redis-3', 'sync:redis-3']);
  });

  it('gets back a node that is gone, in the same pod', () => {
    const containers = new Map([...podMade('running', 'running').containers]);
    containers.delete('sentinel-2');
    const plan = upPlan(podMade('running', 'running', { containers }));
    expectSound(plan);
    expect(ids(plan).filter((id) => !id.endsWith('sentinel-2'))).toEqual(
      ids(plan).filter((id) => id.startsWith('directory:sentinel-2/')),
    );
    expect(stepsOfKind(plan, 'create-container').map(({ container }) => container.network)).toEqual(
      [{ namespaceOf: 'lab-pod' }],
    );
  });
});

describe.each(['exited', 'dead', 'created', 'paused', 'restarting'] as const)(
  'a topology whose pod is %s',
  (pod) => {
    describe.each(['running', 'exited', 'paused', 'restarting'] as const)(
      'its nodes %s',
      (state) => {
        const plan = upPlan(podMade(state, pod, { cut: new Set(['redis-2']) }));

        it('is made anew: pod and nodes are removed, then made, then started', () => {
          expectSound(plan);
          expect(
            stepsOfKind(plan, 'remove-container').map(({ id, container }) => [id, container]),
          ).toEqual([
            ...endOrder.map((name) => [`remove:${name}`, `lab-${name}`]),
            ['remove:pod', 'lab-pod'],
          ]);
          expect(ancestors(plan, 'create:pod')).toContain('remove:pod');
          for (const name of names) {
            expect(plan.steps.find(({ id }) => id === `create:${name}`)?.after).toEqual(
              expect.arrayContaining(['pod', `remove:${name}`]),
            );
            expect(ancestors(plan, `start:${name}`)).toContain(`create:${name}`);
          }
          expect(stepsOfKind(plan, 'resume-container')).toEqual([]);
          expect(stepsOfKind(plan, 'connect-container')).toEqual([]);
        });

        it('keeps its data and its confs: nothing of them is written or made', () => {
          const kinds = new Set(plan.steps.map(({ kind }) => kind));
          expect([...kinds].sort()).toEqual([
            ...['await-ready', 'await-sync', 'create-container'],
            ...['hasten-sentinel', 'remove-container', 'start-container'],
          ]);
          for (const { container } of stepsOfKind(plan, 'create-container')) {
            const mounted = container.mounts.map((mount) => 'from' in mount && mount.from);
            if (container.name === 'lab-pod') continue;
            const folder = `/data/lab/${container.name.replace('lab-', '')}`;
            expect(mounted).toEqual([`${folder}/conf`, `${folder}/data`]);
          }
        });
      },
    );
  },
);

describe('a topology whose pod is gone', () => {
  it('is made anew without removing what is not there', () => {
    const plan = upPlan(podMade('exited', undefined));
    expectSound(plan);
    expect(stepsOfKind(plan, 'remove-container').map(({ id }) => id)).toEqual(
      endOrder.map((name) => `remove:${name}`),
    );
    expect(ids(plan)).toEqual(expect.arrayContaining(['create:pod', 'pod', 'create:redis-1']));
  });

  it('has an old master that is made anew follow the present one', () => {
    const master = record.placement.nodes[1]?.address ?? { ip: '', port: 0 };
    const keptRedis = new Map([
      ['redis-1', {}],
      ['redis-2', {}],
      ['redis-3', { replicaOf: master }],
    ]);
    const plan = upPlan(podMade('running', 'exited', { master, keptRedis }));
    expect(stepsOfKind(plan, 'follow-master').map(({ path }) => path)).toEqual([
      '/data/lab/redis-1/conf/redis.conf',
    ]);
    expect(ancestors(plan, 'start:redis-1')).toContain('conf:redis-1');
    expect(ancestors(plan, 'start:redis-1')).toContain('ready:redis-2');
  });

  it('is the same as one that sleeps, but for what is left of its containers', () => {
    const woken = upPlan(asleep({ record }));
    expectSound(woken);
    expect(stepsOfKind(woken, 'remove-container')).toEqual([]);
    expect(stepsOfKind(woken, 'create-container')).toHaveLength(7);
    expect(replicaOf).toEqual({ ip: '127.0.0.1', port: 6379 });
  });

  it('is of no matter where there is none: other forms', () => {
    for (const form of ['bridge', 'announce'] as const) {
      const plan = upPlan(made('running', { record: aRecordIn(form), pod: undefined }));
      expect(plan.steps).toEqual([]);
    }
  });
});
