import { HELPER_KIND, LABEL, POD_KIND } from '../model/constants.js';
import type { Labels } from '../model/container.js';
import { VOLUME_MOUNT } from '../model/inside.js';
import { type TopologyRecord, withLeaving } from '../model/topology.js';
import { NODE_NAME } from './labels.js';

/**
 * What on an engine is rsent's own to stop and to remove. Every verb asks here; `own-files.ts` says the
 * same of files. Labels alone prove nothing: `docker commit` copies them into an image, from which every
 * container inherits them, and people copy them into Compose files.
 */

/**
 * True when something on an engine says of itself that it is of this origin; with none, as in records
 * of before it existed, when it says nothing. One engine may serve several machines.
 */
export function isOfOrigin(
  { labels }: { readonly labels: Labels },
  origin: string | undefined,
): boolean {
  return labels[LABEL.origin] === origin;
}

/**
 * True when something on an engine is another user's or another machine's, by its own words. What
 * says nothing was made before there was an origin.
 * @param origins those that count as one's own: that of the record, and that of who is asking
 */
export function isForeign(
  { labels }: { readonly labels: Labels },
  origins: readonly (string | undefined)[],
): boolean {
  const origin = labels[LABEL.origin];
  return origin !== undefined && !origins.includes(origin);
}

/** Something on an engine, as its lists show it. */
export interface Labelled {
  readonly name: string;
  readonly labels: Labels;
}

/** A container, with what is mounted in it. */
export interface Mounting extends Labelled {
  /** Directories of the engine's machine; with `volumes` absent: the engine does not say. */
  readonly binds?: readonly string[];
  /** Volumes, and where. */
  readonly volumes?: readonly { readonly name: string; readonly to: string }[];
}

/** What is rsent's own of things that carry its labels, and what only carries them. */
export interface Sorted<T> {
  readonly own: readonly T[];
  readonly copies: readonly T[];
}

/**
 * Containers. That of a node is the one of the recorded name; where none has it, somebody may have
 * renamed it: then it is the only one that claims to be the node. Either mounts the node's conf, which no
 * copy of labels brings along.
 * @param record of the topology; where there is none, nodes have their usual names
 */
export function ownContainers<T extends Mounting>(
  containers: readonly T[],
  record: TopologyRecord | undefined,
): Sorted<T> {
  return sorted<T>(containers, record, {
    roleOf: roleOfContainer,
    isPossible: (each) => !isNode(each) || mountsConf(each),
    nameOf: (role, known) =>
      role === POD_KIND ? known.placement.pod : nodeIn(known, role)?.container,
    usualName: (role, topology) => `${topology}-${role}`,
  });
}

/** Volumes, which nobody can rename. */
export function ownVolumes<T extends Labelled>(
  volumes: readonly T[],
  record: TopologyRecord | undefined,
): Sorted<T> {
  return sorted<T>(volumes, record, {
    roleOf: ({ labels }) => NODE_NAME.exec(labels[LABEL.node] ?? '')?.[0],
    isPossible: ({ name }) => name.endsWith(VOLUME_END),
    nameOf: (role, known) => {
      const node = nodeIn(known, role);
      return node && volumeName(node);
    },
    usualName: (role, topology) => `${topology}-${role}${VOLUME_END}`,
    isFixed: true,
  });
}

/** Networks, which nobody can rename either: each topology's has the usual name (plan/place.ts). */
export function ownNetworks<T extends Labelled>(networks: readonly T[]): Sorted<T> {
  const isOwn = ({ name, labels }: T) =>
    isOfNoNode(labels) && name === `${labels[LABEL.topology]}-net`;
  return {
    own: networks.filter(isOwn),
    copies: networks.filter((each) => !isOwn(each)),
  };
}

const VOLUME_END = '-files';

/** Name of the volume that holds a node's conf and data. */
export function volumeName({ container }: { readonly container: string }): string {
  return `${container}${VOLUME_END}`;
}

/** What tells the own of one sort from copies. */
interface Rule<T> {
  /** What it claims to be in its topology; undefined when its labels are not whole. */
  roleOf(thing: T): string | undefined;
  isPossible(thing: T): boolean;
  /** The name that the record has for this; undefined when it knows nothing of it. */
  nameOf(role: string, record: TopologyRecord): string | undefined;
  /** The name that it has where the user gave none. */
  usualName(role: string, topology: string): string;
  /** True for what cannot be renamed. */
  readonly isFixed?: boolean;
}

function sorted<T extends Labelled>(
  things: readonly T[],
  record: TopologyRecord | undefined,
  rule: Rule<T>,
): Sorted<T> {
  const known = record && withLeaving(record);
  const groups = new Map<string, T[]>();
  for (const each of things) {
    const role = rule.roleOf(each);
    if (role === undefined || !rule.isPossible(each)) continue;
    // What another data home or another machine has made is no copy of what is here.
    const { labels } = each;
    const whose = [LABEL.topology, LABEL.directory, LABEL.origin].map((key) => labels[key]);
    const key = JSON.stringify([role, ...whose]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const own = new Set([...groups.values()].flatMap((group) => chosen(group, known, rule)));
  return {
    own: things.filter((each) => own.has(each)),
    copies: things.filter((each) => !own.has(each)),
  };
}

/** Of those that claim to be one and the same thing. */
function chosen<T extends Labelled>(
  group: readonly T[],
  record: TopologyRecord | undefined,
  rule: Rule<T>,
): readonly T[] {
  const [first] = group;
  const role = first && rule.roleOf(first);
  if (first === undefined || role === undefined) return [];
  if (role === HELPER_KIND) return group.filter(isHelper);
  const recorded = record && rule.nameOf(role, record);
  const proper = recorded ?? rule.usualName(role, first.labels[LABEL.topology] ?? '');
  const named = group.filter(({ name }) => name === proper);
  if (named.length > 0 || (recorded !== undefined && rule.isFixed)) return named;
  return group.length === 1 ? group : [];
}

/** The containers through which files pass; there may be several (flow/helper.ts). */
function isHelper({ name }: Labelled): boolean {
  return /-files-[0-9a-f]{8}$/.test(name);
}

function roleOfContainer({ labels }: Labelled): string | undefined {
  const kind = labels[LABEL.kind];
  if (kind === POD_KIND || kind === HELPER_KIND)
    return labels[LABEL.node] === undefined ? kind : undefined;
  const [node, its] = NODE_NAME.exec(labels[LABEL.node] ?? '') ?? [];
  return its === kind ? node : undefined;
}

function isNode({ labels }: Labelled): boolean {
  return labels[LABEL.node] !== undefined;
}

/** An engine in a virtual machine may put its own directory in front of a path. */
function mountsConf({ labels, binds, volumes }: Mounting): boolean {
  if (binds === undefined || volumes === undefined) return true;
  const below = `${labels[LABEL.directory]}/`;
  const isConf = (path: string) => path.includes(below) && path.endsWith('/conf');
  const isFiles = ({ name, to }: { readonly name: string; readonly to: string }) =>
    name.endsWith(VOLUME_END) && to === VOLUME_MOUNT;
  return binds.some(isConf) || volumes.some(isFiles);
}

function isOfNoNode(labels: Labels): boolean {
  return labels[LABEL.node] === undefined && labels[LABEL.kind] === undefined;
}

function nodeIn({ placement }: TopologyRecord, name: string) {
  return placement.nodes.find((node) => node.name === name);
}
