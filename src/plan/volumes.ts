import { isAbsolute, relative, sep } from 'node:path';
import { HELPER_KIND, LABEL } from '../model/constants.js';
import type { ContainerSpec, Labels, Owner, VolumeMount } from '../model/container.js';
import { RsentError } from '../model/errors.js';
import type { NodePlacement, TopologyRecord } from '../model/topology.js';
import { placeLabels, topologyLabels } from './labels.js';
import { isOfOrigin, type Labelled, ownVolumes, volumeName } from './ownership.js';

/** Where the container that only files pass through has the volume of a node. */
const HELPER_MOUNTS = '/v';
const HELPER_PIDS = 16;
const NOBODY: Owner = { uid: 65534, gid: 65534 };

/**
 * The labels by which a volume is known again. A Sentinel's own id is among them: two machines
 * may use one engine, each with a topology of the same name in a directory of the same name.
 * @param directory of the topology, on the machine that has its record
 */
export function volumeLabels(
  record: Pick<TopologyRecord, 'spec' | 'origin'>,
  { name, sentinelId }: Pick<NodePlacement, 'name' | 'sentinelId'>,
  directory: string,
): Labels {
  return {
    ...placeLabels(record, directory),
    [LABEL.node]: name,
    ...(sentinelId === undefined ? {} : { [LABEL.sentinelId]: sentinelId }),
  };
}

/** The volume of a node, for the container that it is mounted in. */
export function volumeMount(
  record: TopologyRecord,
  node: NodePlacement,
  directory: string,
  to: string,
): VolumeMount {
  return { volume: volumeName(node), labels: volumeLabels(record, node, directory), to };
}

/** True when all of these labels are on it, with these values. */
export function carries({ labels }: Pick<Labelled, 'labels'>, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/** Names of the nodes of a topology whose volumes are there. */
export function nodesWithVolume(
  record: TopologyRecord,
  directory: string,
  volumes: readonly Labelled[],
): Set<string> {
  const own = volumes.filter((each) => isOfOrigin(each, record.origin));
  const found = record.placement.nodes.filter((node) => {
    const wanted = volumeLabels(record, node, directory);
    return own.some((each) => each.name === volumeName(node) && carries(each, wanted));
  });
  return new Set(found.map(({ name }) => name));
}

/** Volumes that have the name of one of these and belong to somebody else. */
export function foreignVolumes(
  record: TopologyRecord,
  directory: string,
  volumes: readonly Labelled[],
): string[] {
  const own = nodesWithVolume(record, directory, volumes);
  const others = record.placement.nodes.filter(({ name }) => !own.has(name)).map(volumeName);
  return volumes.flatMap(({ name }) => (others.includes(name) ? [name] : []));
}

/**
 * The directory from which the volumes of a record were made, where that is another one: the directory of the
 * topology was moved, or copied.
 */
export function madeFrom(
  record: TopologyRecord,
  directory: string,
  volumes: readonly Labelled[],
): string | undefined {
  const own = volumes.filter((each) => isOfOrigin(each, record.origin));
  for (const node of record.placement.nodes) {
    const volume = own.find(({ name }) => name === volumeName(node));
    const from = volume?.labels[LABEL.directory];
    if (volume === undefined || from === undefined || from === directory) continue;
    if (carries(volume, volumeLabels(record, node, from))) return from;
  }
  return undefined;
}

/**
 * The volumes of a topology that were made from this data home, as far as that can be proven: by the
 * record, or, so that what is left without one can be removed, by who is asking. Two machines may
 * have topologies of one name in directories of one name, so labels without an origin prove nothing
 * by themselves; a record that speaks of other Sentinels is another topology's.
 * @param origin of who is asking, where there is no record
 */
export function volumesFrom(
  topology: string,
  directory: string,
  volumes: readonly Labelled[],
  record: TopologyRecord | undefined,
  origin: string | undefined,
): string[] {
  if (record === undefined && origin === undefined) return [];
  const owner = record === undefined ? origin : record.origin;
  const wanted = { ...topologyLabels(topology), [LABEL.directory]: directory };
  const found = volumes.filter((each) => carries(each, wanted) && isOfOrigin(each, owner));
  // A Sentinel that has left its topology leaves its volume: nothing is known of that one.
  const isOther = found.some(({ labels }) => {
    const node = record?.placement.nodes.find(({ name }) => name === labels[LABEL.node]);
    return node !== undefined && node.sentinelId !== labels[LABEL.sentinelId];
  });
  return isOther ? [] : ownVolumes(found, record).own.map(({ name }) => name);
}

/** A path in the volume of a node. */
export interface InVolume {
  readonly node: string;
  /** Its parts from the root of the volume on; none of them is `..`. */
  readonly parts: readonly string[];
}

/**
 * Where a path of a plan is: in the volume of a node, or undefined when it is one of the files
 * that stay on this machine beside the record.
 * @throws RsentError `bug` for a path that is not below the topology's directory
 */
export function inVolume(
  directory: string,
  nodes: readonly Pick<NodePlacement, 'name' | 'folder'>[],
  path: string,
): InVolume | undefined {
  const way = relative(directory, path);
  const [first, ...parts] = way.split(sep);
  if (first === '..' || isAbsolute(way) || path.includes('\0')) {
    throw new RsentError('bug', `${JSON.stringify(path)} is not in ${directory}.`);
  }
  const node = nodes.find(({ folder }) => folder === first);
  return node === undefined ? undefined : { node: node.name, parts };
}

/** The same path as the helper sees it. */
export function helperPath({ node, parts }: InVolume): string {
  return [HELPER_MOUNTS, node, ...parts].join('/');
}

/**
 * A container that is never started: files pass through it into volumes and out of them.
 * @param nodes names of those whose volumes it has
 */
export function helperContainer(
  record: TopologyRecord,
  directory: string,
  name: string,
  nodes: ReadonlySet<string>,
): ContainerSpec {
  const { spec, placement } = record;
  const mounted = placement.nodes.filter((node) => nodes.has(node.name));
  return {
    name,
    image: spec.image.ref,
    entrypoint: ['sh', '-c', 'exit'],
    user: NOBODY,
    labels: {
      ...placeLabels(record, directory),
      [LABEL.kind]: HELPER_KIND,
    },
    network: { name: 'none' },
    limits: { pids: HELPER_PIDS },
    ports: [],
    mounts: mounted.map((node) => {
      const to = helperPath({ node: node.name, parts: [] });
      return volumeMount(record, node, directory, to);
    }),
  };
}
