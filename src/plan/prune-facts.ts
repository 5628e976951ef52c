import type { HomeDirectory, Kept, Orphan, RecordState } from '../model/prune.js';
import type { TopologyRecord } from '../model/topology.js';
import type { LabelledContainer } from './labels.js';
import type { Mounting } from './ownership.js';

/** All that is known when orphans are looked for. */
export interface PruneFacts extends PruneScene {
  /** By the directory of a topology. One that is not in here was not looked at. */
  readonly records: ReadonlyMap<string, RecordState>;
}

/** The same before anyone has looked for records. */
export interface PruneScene {
  readonly home: string;
  /** True when it was tried and shown that the engine sees the files of this data home. */
  readonly local: boolean;
  /** The data homes, of those that labels name, for which the same was shown. */
  readonly shared: Pick<ReadonlySet<string>, 'has'>;
  /** Of who is asking; absent where nothing was made by them yet. */
  readonly origin?: string;
  /** The one topology that this is about; absent: all of them. */
  readonly only?: string;
  /** By the clock that the containers' ages are told by (ms since 1970). */
  readonly now: number;
  readonly containers: readonly PresentContainer[];
  /** Names of containers whose data is in memory only. */
  readonly inMemory?: ReadonlySet<string>;
  readonly networks: readonly Labelled[];
  readonly volumes: readonly Omit<Labelled, 'id'>[];
  readonly directories: readonly HomeDirectory[];
}

interface PresentContainer extends LabelledContainer {
  readonly createdAt?: number;
  /** Paths of the engine's machine that are mounted in it. */
  readonly binds?: readonly string[];
  readonly volumes?: Mounting['volumes'];
}

interface Labelled {
  readonly id: string;
  readonly name: string;
  readonly labels: LabelledContainer['labels'];
}

/** What was decided of one thing. */
export type Judgement =
  | { readonly orphan: Orphan }
  | { readonly kept: Kept }
  /** It belongs to somebody: nothing needs to be said. */
  | { readonly living: true };

/** A topology that is left as it is. */
export function keptTopology(topology: string, why: string): Judgement {
  return { kept: { kind: 'topology', name: topology, topology, why } };
}

/** What a verb has begun may need what its record does not name: nodes that leave, data set aside. */
export function keptUnfinished({ spec: { name } }: TopologyRecord): Judgement {
  return keptTopology(
    name,
    `a verb was begun on it and not ended; rsent up ${name} goes on with it`,
  );
}

/** True for what is of the topologies that this is about. */
export function isMeant({ only }: Pick<PruneScene, 'only'>) {
  return ({ topology }: { readonly topology?: string }) => only === undefined || topology === only;
}
