import { isIPv4 } from 'node:net';
import { LABEL, LABEL_SCHEMA, ORIGIN } from '../model/constants.js';
import type { Labels } from '../model/container.js';
import type {
  Address,
  ContainerState,
  NodePlacement,
  RunningNode,
  SeenState,
  TopologyRecord,
} from '../model/topology.js';
import { addressText } from '../model/topology.js';

/** What marks something as a part of this topology. */
export function topologyLabels(topology: string): Labels {
  return { [LABEL.schema]: LABEL_SCHEMA, [LABEL.topology]: topology };
}

/**
 * The labels of all that is made for a topology: of which one it is, from where, and whose.
 * @param directory of the topology, on the machine that has its record
 */
export function placeLabels(
  { spec, origin }: Pick<TopologyRecord, 'spec' | 'origin'>,
  directory: string,
): Labels {
  return {
    ...topologyLabels(spec.name),
    [LABEL.directory]: directory,
    ...(origin === undefined ? {} : { [LABEL.origin]: origin }),
  };
}

/** The labels by which a node is found again. */
export function nodeLabels(record: TopologyRecord, node: NodePlacement, directory: string): Labels {
  return {
    ...placeLabels(record, directory),
    [LABEL.node]: node.name,
    [LABEL.kind]: node.kind,
    [LABEL.masterName]: record.spec.masterName,
    [LABEL.address]: addressText(node.address),
    [LABEL.published]: addressText(node.published),
    ...(node.sentinelId === undefined ? {} : { [LABEL.sentinelId]: node.sentinelId }),
  };
}

/** Every name that a node may have; its directory has it, too, where the user gave it none. */
export const NODE_NAME = /^(redis|sentinel)-\d{1,3}$/;

/** A container as far as its labels are to be read. */
export interface LabelledContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  readonly state: ContainerState;
  readonly networks: readonly string[];
  readonly sharesNetwork: boolean;
  readonly image: string;
}

/**
 * A node out of a container's labels. Undefined when they are not whole and well formed: anyone
 * may write labels, so nothing in them is trusted unseen.
 */
export function readNode(container: LabelledContainer): RunningNode | undefined {
  const { labels } = container;
  const name = NODE_NAME.exec(labels[LABEL.node] ?? '');
  const kind = name?.[1];
  const address = readAddress(labels[LABEL.address]);
  const published = readAddress(labels[LABEL.published]);
  const masterName = /^[A-Za-z0-9._-]{1,64}$/.exec(labels[LABEL.masterName] ?? '')?.[0];
  if (labels[LABEL.schema] !== LABEL_SCHEMA || kind !== labels[LABEL.kind]) return undefined;
  if (kind !== 'redis' && kind !== 'sentinel') return undefined;
  if (!name || !address || !published || !masterName) return undefined;
  const sentinelId = /^[0-9a-f]{40}$/.exec(labels[LABEL.sentinelId] ?? '')?.[0];
  const origin = originIn(labels);
  return {
    name: name[0],
    kind,
    container: container.name,
    containerId: container.id,
    state: container.state,
    cut: isBare(container),
    image: container.image,
    address,
    published,
    masterName,
    directory: labels[LABEL.directory] ?? '',
    ...(origin === undefined ? {} : { origin }),
    ...(sentinelId === undefined ? {} : { sentinelId }),
  };
}

type Attached = Pick<LabelledContainer, 'networks' | 'sharesNetwork'>;

/** A container's state, and whether it runs on no network. */
export function seenState(
  container: Attached & Pick<LabelledContainer, 'state'>,
): Exclude<SeenState, 'absent'> {
  return container.state === 'running' && isBare(container) ? 'cut' : container.state;
}

/** Nobody but its own processes can reach it. */
function isBare({ networks, sharesNetwork }: Attached): boolean {
  return networks.length === 0 && !sharesNetwork;
}

/** Whose something is, as its labels say; undefined where they do not, or not well formed. */
export function originIn(labels: Labels): string | undefined {
  return ORIGIN.exec(labels[LABEL.origin] ?? '')?.[0];
}

function readAddress(text: string | undefined): Address | undefined {
  const [ip = '', digits = '', ...rest] = (text ?? '').split(':');
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  const valid = rest.length === 0 && isIPv4(ip) && port >= 1 && port <= 65535;
  return valid ? { ip, port } : undefined;
}
