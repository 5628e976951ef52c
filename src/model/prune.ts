import type { ContainerState, TopologyRecord } from './topology.js';

/** In the order in which they are removed: what uses something goes before it. */
export const THINGS = ['container', 'network', 'volume', 'directory'] as const;
export type ThingKind = (typeof THINGS)[number];

/** Something that belongs to no living topology. */
export interface Orphan {
  readonly kind: ThingKind;
  /** What the engine knows it by; of a directory its path. */
  readonly id: string;
  /** What people know it by; of a directory its path, too. */
  readonly name: string;
  /** Absent: it never belonged to one. */
  readonly topology?: string;
  /** Why it is nobody's, as the end of a sentence. */
  readonly why: string;
  /** What a container is there for. */
  readonly part?: ContainerPart;
  readonly state?: ContainerState;
  /** Of a directory: the names that lead to it from the data home. */
  readonly way?: readonly string[];
  /** Of a directory, where it could be told at little cost. */
  readonly bytes?: number;
}

export type ContainerPart = 'redis' | 'sentinel' | 'pod' | 'files' | 'probe';

/** Something that is left as it is, and why. */
export interface Kept {
  readonly kind: ThingKind | 'topology';
  readonly name: string;
  readonly topology?: string;
  readonly why: string;
}

export interface PruneDecision {
  /** All that belongs to no living topology. */
  readonly found: readonly Orphan[];
  /** What of it may be removed. */
  readonly remove: readonly Orphan[];
  readonly kept: readonly Kept[];
}

/** What is in the place where a topology's record would be. */
export type RecordState =
  | { readonly kind: 'record'; readonly record: TopologyRecord }
  /** It is there, and cannot be understood. */
  | { readonly kind: 'unclear' }
  /** Nobody could tell whether it is there. */
  | { readonly kind: 'unreadable' }
  /** Another rsent works on it. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'none' };

/** A directory of the data home that could be that of a topology, and what is in it. */
export interface HomeDirectory {
  readonly topology: string;
  readonly entries: readonly HomeEntry[];
}

export interface HomeEntry {
  readonly name: string;
  /** Names in it; absent for what is no directory. */
  readonly inside?: readonly string[];
  /** True when there is a conf in it that says of itself that rsent wrote it. */
  readonly signed?: true;
}
