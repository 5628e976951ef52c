import type { Plan, Step } from '../../src/model/plan.js';
import type { ContainerState } from '../../src/model/topology.js';
import { NOTHING_THERE, type UpFacts } from '../../src/plan/up-facts.js';
import { TEMPLATES } from './templates.js';
import { aRecord, nodeNamed } from './topology.js';

export const record = aRecord();
export const names = record.placement.nodes.map(({ name }) => name);
export const redisNames = names.filter((name) => name.startsWith('redis'));
export const sentinelNames = names.filter((name) => name.startsWith('sentinel'));

/** What `upPlan` depends on. Nothing of the topology is there yet. */
export function facts(changes: Partial<UpFacts> = {}): UpFacts {
  return {
    ...NOTHING_THERE,
    record,
    directory: '/data/lab',
    templates: TEMPLATES,
    user: { uid: 1000, gid: 1000 },
    chown: false,
    server: 'redis-server',
    version: '7.0.15',
    canHasten: true,
    hasAuthority: false,
    hostAddresses: [],
    recorded: false,
    master: nodeNamed(changes.record ?? record, 'redis-1').address,
    ...changes,
  };
}

/** All was made before; the containers are in this state. */
export function made(state: ContainerState, changes: Partial<UpFacts> = {}): UpFacts {
  const replicaOf = nodeNamed(changes.record ?? record, 'redis-1').address;
  return facts({
    recorded: true,
    networkExists: true,
    containers: new Map(names.map((name) => [name, state])),
    keptRedis: new Map(redisNames.map((name) => [name, name === 'redis-1' ? {} : { replicaOf }])),
    keptSentinels: new Set(sentinelNames),
    ...changes,
  });
}

/** The same after `down`: conf and data are there, no container and no network. */
export const asleep = (changes: Partial<UpFacts> = {}) =>
  made('exited', { containers: new Map(), networkExists: false, ...changes });

export const ids = ({ steps }: Plan) => steps.map(({ id }) => id);
export const stepsOfKind = <K extends Step['kind']>({ steps }: Plan, kind: K) =>
  steps.filter((step): step is Extract<Step, { kind: K }> => step.kind === kind);

/** All that a step waits for, directly or not. */
export function ancestors(plan: Plan, id: string): Set<string> {
  const found = new Set<string>();
  const visit = (each: string) => {
    for (const before of plan.steps.find((step) => step.id === each)?.after ?? []) {
      if (!found.has(before)) visit(before);
      found.add(before);
    }
  };
  visit(id);
  return found;
}
