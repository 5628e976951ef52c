import { upPlan } from '../../src/plan/up-plan.js';
import { volumeLabels } from '../../src/plan/volumes.js';
import { aSecurity } from '../helpers/security.js';
import { aRecordInVolumes, nodeNamed } from '../helpers/topology.js';
import { ancestors, asleep, facts, made, names, stepsOfKind } from '../helpers/up-facts.js';

const record = aRecordInVolumes({ security: aSecurity({ auth: true, tls: true }) });
const owner = { uid: 999, gid: 999 };
const inVolumes = { record, user: owner, chown: true };
const ALL = new Set(names);

describe('a plan with volumes', () => {
  const plan = upPlan(facts(inVolumes));

  it('makes one for each node, with labels, before the record', () => {
    const steps = stepsOfKind(plan, 'create-volume');
    expect(steps.map(({ volume }) => volume)).toEqual(names.map((name) => `lab-${name}-files`));
    expect(steps.map(({ labels }) => labels)).toEqual(
      names.map((name) => volumeLabels(record, nodeNamed(record, name), '/data/lab')),
    );
    expect([...ancestors(plan, 'record')].sort()).toEqual(names.map((name) => `volume:${name}`));
  });

  it('makes two directories in each, when all volumes are there', () => {
    const steps = stepsOfKind(plan, 'make-directory');
    expect(steps.map(({ path }) => path)).toEqual(
      names.flatMap((name) => [`/data/lab/${name}/conf`, `/data/lab/${name}/data`]),
    );
    for (const step of steps) {
      expect(step).toMatchObject({ mode: 0o700, owner });
      for (const name of names) expect(ancestors(plan, step.id)).toContain(`volume:${name}`);
    }
  });

  it('hands every file of a node over to whom it runs as', () => {
    for (const kind of ['write-file', 'issue-certificate'] as const) {
      const steps = stepsOfKind(plan, kind);
      expect(steps.map((step) => step.owner)).toEqual(names.map(() => owner));
    }
  });

  it('mounts nothing of the engine’s machine', () => {
    for (const { container } of stepsOfKind(plan, 'create-container')) {
      const node = container.labels['rsent.node'] ?? '';
      expect(container.mounts).toEqual([
        {
          volume: `lab-${node}-files`,
          labels: volumeLabels(record, nodeNamed(record, node), '/data/lab'),
          to: '/node',
        },
        { empty: true, to: '/data' },
      ]);
      expect(container.entrypoint.at(-1)).toContain(`/node/conf/${node.split('-')[0]}.conf`);
    }
  });

  it('writes confs with the paths of the volume, and no other', () => {
    for (const { content } of stepsOfKind(plan, 'write-file')) {
      expect(content).toMatch(/^dir "?\/node\/data"?$/m);
      expect(content).toMatch(/^tls-cert-file "?\/node\/conf\/tls\.crt"?$/m);
      expect(content).not.toMatch(/\/etc\/redis|^dir "?\/data/m);
    }
  });

  it('makes only those that are missing', () => {
    const volumes = new Set(names.filter((name) => name !== 'redis-3'));
    const again = upPlan(asleep({ ...inVolumes, volumes, certified: ALL }));
    expect(stepsOfKind(again, 'create-volume').map(({ volume }) => volume)).toEqual([
      'lab-redis-3-files',
    ]);
  });

  it('is empty when all runs', () => {
    const { steps } = upPlan(
      made('running', {
        ...{ ...inVolumes, volumes: ALL, certified: ALL, hasAuthority: true },
        keptPasswords: new Set(['app']),
      }),
    );
    expect(steps).toEqual([]);
  });
});

describe('a plan without volumes', () => {
  it('makes none', () => {
    expect(stepsOfKind(upPlan(facts()), 'create-volume')).toEqual([]);
  });
});
