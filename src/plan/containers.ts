import { LABEL, POD_KIND } from '../model/constants.js';
import type { Attachment, ContainerSpec, Mount } from '../model/container.js';
import { insideOf, VOLUME_MOUNT } from '../model/inside.js';
import { fixedIp, type NodePlacement, type Placement } from '../model/topology.js';
import { nodeLabels, placeLabels } from './labels.js';
import type { UpFacts } from './up-facts.js';
import { volumeMount } from './volumes.js';

/** The official images declare a volume there. */
const DECLARED_VOLUME = '/data';

/**
 * Waits to be told to stop; as the first process of its container it must ask to be told. What it
 * waits for is a shell that has stopped itself: an image need not have `sleep`, and without one a
 * loop around it would use a whole core.
 */
const IDLE = `trap "exit 0" TERM; while :; do sh -c 'kill -STOP $$' & wait $!; done`;
const IDLE_PIDS = 16;

/** What the container of a node depends on. */
export type ContainerFacts = Pick<UpFacts, 'record' | 'server' | 'user' | 'directory'>;

/** The container of a node. */
export function nodeContainer(node: NodePlacement, facts: ContainerFacts): ContainerSpec {
  const { spec, placement } = facts.record;
  const mode = node.kind === 'sentinel' ? ' --sentinel' : '';
  const command = `umask 077; exec ${facts.server} ${insideOf(placement).conf}/${node.kind}.conf${mode}`;
  const network = attachment(node, placement);
  return {
    name: node.container,
    image: spec.image.ref,
    // umask: each rewrite of a conf gives it mode 0644 & ~umask (config.c, rewriteConfigOverwriteFile).
    entrypoint: ['sh', '-c', command],
    user: facts.user,
    labels: nodeLabels(facts.record, node, facts.directory),
    network,
    limits: spec.limits,
    ports: 'namespaceOf' in network ? [] : [portOf(node)],
    mounts: mountsOf(node, facts),
  };
}

/** Its two directories; or its volume, and nothing where the image would have one of its own. */
function mountsOf(node: NodePlacement, { record, directory }: ContainerFacts): Mount[] {
  const { conf, data } = insideOf(record.placement);
  if (record.placement.storage === 'volume') {
    return [
      volumeMount(record, node, directory, VOLUME_MOUNT),
      { empty: true, to: DECLARED_VOLUME },
    ];
  }
  const base = `${directory}/${node.folder}`;
  return [
    { from: `${base}/conf`, to: conf },
    { from: `${base}/data`, to: data },
  ];
}

/** The container that holds the network namespace of all nodes and publishes their ports. */
export function podContainer(name: string, facts: UpFacts): ContainerSpec {
  const { spec, placement } = facts.record;
  return {
    name,
    image: spec.image.ref,
    entrypoint: ['sh', '-c', IDLE],
    user: facts.user,
    labels: {
      ...placeLabels(facts.record, facts.directory),
      [LABEL.kind]: POD_KIND,
    },
    network: { name: placement.network },
    limits: { pids: IDLE_PIDS },
    ports: placement.nodes.map(portOf),
    mounts: [],
  };
}

function attachment(node: NodePlacement, placement: Placement): Attachment {
  if (placement.pod !== undefined) return { namespaceOf: placement.pod };
  const ip = fixedIp(placement, node);
  return { name: placement.network, ...(ip === undefined ? {} : { ip }) };
}

function portOf({ address, published }: NodePlacement) {
  return { inside: address.port, published };
}
