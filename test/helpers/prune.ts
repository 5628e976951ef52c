import { LABEL, LABEL_SCHEMA } from '../../src/model/constants.js';
import type { Labels } from '../../src/model/container.js';
import type { HomeEntry, Orphan, RecordState } from '../../src/model/prune.js';
import { type LabelledContainer, nodeLabels, topologyLabels } from '../../src/plan/labels.js';
import { decidePrune } from '../../src/plan/prune.js';
import type { PruneFacts } from '../../src/plan/prune-facts.js';
import { volumeLabels } from '../../src/plan/volumes.js';
import { aRecord, nodeNamed } from './topology.js';

/** The data home of whoever prunes. */
export const HOME = '/home/me/rsent';
/** The origin of whoever prunes. */
export const ME = 'e'.repeat(32);
/** Where the topology `lab` is in it. */
export const OWN = `${HOME}/lab`;

type Container = PruneFacts['containers'][number];

/** An engine and a data home with nothing in them. */
export function pruneFacts(changes: Partial<PruneFacts> = {}): PruneFacts {
  const { local = true } = changes;
  return {
    shared: { has: () => local },
    ...{
      home: HOME,
      local,
      origin: ME,
      now: 1_000_000_000,
      records: new Map([[OWN, { kind: 'none' }]]),
    },
    ...{ containers: [], networks: [], volumes: [], directories: [] },
    ...changes,
  };
}

/** A container with these labels. */
export function containerWith(labels: Labels, changes: Partial<Container> = {}): Container {
  const name = changes.name ?? `lab-${labels[LABEL.node] ?? labels[LABEL.kind] ?? 'x'}`;
  const rest: Omit<LabelledContainer, 'labels'> = {
    ...{ id: `id of ${name}`, name, state: 'running', image: 'redis:8.0' },
    ...{ networks: ['lab-net'], sharesNetwork: false },
  };
  return { ...rest, labels, ...changes };
}

/** The container of a node of `lab`, which may be one that no record knows. */
export function nodeOf(node: string, directory = OWN, changes: Partial<Container> = {}): Container {
  const kind = node.startsWith('sentinel') ? 'sentinel' : 'redis';
  const known = nodeNamed(aRecord(), `${kind}-1`);
  const labels = nodeLabels(aRecord(), { ...known, name: node }, directory);
  return containerWith(labels, changes);
}

/** The name of a container through which files pass. */
export const HELPER = 'lab-files-0badcafe';

/** A container of `lab` that is no node. */
export function partOf(kind: 'pod' | 'files', directory: string | undefined = OWN): Container {
  const labels = { ...topologyLabels('lab'), [LABEL.kind]: kind };
  return containerWith(
    directory === undefined ? labels : { ...labels, [LABEL.directory]: directory },
    kind === 'files' ? { name: HELPER } : {},
  );
}

/** A network of `lab`. */
export function networkOf(name: string, directory: string | undefined = OWN) {
  const labels: Labels = topologyLabels('lab');
  const where = directory === undefined ? {} : { [LABEL.directory]: directory };
  return { id: `id of ${name}`, name, labels: { ...labels, ...where } as Labels };
}

/** The volume of a node of `lab`. */
export function volumeOf(node: string, directory = OWN, sentinelId?: string) {
  const labels = volumeLabels(
    { ...aRecord(), origin: ME },
    sentinelId ? { name: node, sentinelId } : { name: node },
    directory,
  );
  return { name: `lab-${node}-files`, labels };
}

/** A throw-away container that was made so long (ms) before now. */
export function probeOf(age: number | undefined, labels: Labels = {}): Container {
  const own = { [LABEL.schema]: LABEL_SCHEMA, [LABEL.kind]: 'probe', ...labels };
  const when = age === undefined ? {} : { createdAt: pruneFacts().now - age };
  return containerWith(own, { name: 'lively_dial', ...when });
}

/** A directory and what is in it. */
export function entryOf(name: string, ...inside: string[]): HomeEntry {
  return { name, inside };
}

/** What is in the places of records. */
export function recordsAt(states: Record<string, RecordState>): PruneFacts['records'] {
  return new Map(Object.entries({ [OWN]: { kind: 'none' } as RecordState, ...states }));
}

/** The record of `lab`, as it would be found. */
export const FOUND: RecordState = { kind: 'record', record: aRecord() };

/** Names of what is orphaned, with data. */
export function orphanNames(facts: PruneFacts): string[] {
  return decidePrune(facts, true).found.map(({ name }) => name);
}

/** The one orphan among these. */
export function onlyOrphan(facts: PruneFacts): Orphan {
  const { found } = decidePrune(facts, true);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(JSON.stringify(found));
  return first;
}
