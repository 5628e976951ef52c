import { basename, isAbsolute, normalize } from 'node:path';
import {
  HELPER_KIND,
  LABEL,
  LABEL_SCHEMA,
  POD_KIND,
  PROBE_KIND,
  TOPOLOGY_NAME,
} from '../model/constants.js';
import type { Labels } from '../model/container.js';
import type { ContainerPart } from '../model/prune.js';
import { type LabelledContainer, NODE_NAME, originIn, readNode } from './labels.js';

/** What something's labels say of whose it is, checked. */
export interface Claim {
  /** Absent for a throw-away container. */
  readonly topology?: string;
  /** The topology's directory; networks, pods and helpers of old did not say it. */
  readonly directory?: string;
  readonly node?: string;
  readonly sentinelId?: string;
  /** Whose it is; what was made before that was noted does not say. */
  readonly origin?: string;
  readonly part?: ContainerPart;
}

/**
 * Whose a container is. Undefined unless its labels are whole: one with half of them was made by
 * somebody else.
 */
export function claimOfContainer(container: LabelledContainer): Claim | undefined {
  const { labels } = container;
  const kind = labels[LABEL.kind];
  if (kind === PROBE_KIND) return isProbe(labels) ? { part: PROBE_KIND } : undefined;
  const claim = claimOf(labels);
  if (claim === undefined) return undefined;
  if (kind === POD_KIND || kind === HELPER_KIND)
    return labels[LABEL.node] === undefined ? { ...claim, part: kind } : undefined;
  const node = readNode(container);
  if (node === undefined || claim.directory === undefined) return undefined;
  return { ...claim, node: node.name, part: node.kind };
}

/** The same of a network, which is of no single node. */
export function claimOfNetwork({ labels }: { readonly labels: Labels }): Claim | undefined {
  const isOther = labels[LABEL.node] !== undefined || labels[LABEL.kind] !== undefined;
  return isOther ? undefined : claimOf(labels);
}

/** The same of a volume, which is that of a node. */
export function claimOfVolume({ labels }: { readonly labels: Labels }): Claim | undefined {
  const claim = claimOf(labels);
  const node = NODE_NAME.exec(labels[LABEL.node] ?? '')?.[0];
  if (claim?.directory === undefined || node === undefined) return undefined;
  const sentinelId = labels[LABEL.sentinelId];
  return { ...claim, node, ...(sentinelId === undefined ? {} : { sentinelId }) };
}

function claimOf(labels: Labels): Claim | undefined {
  const topology = labels[LABEL.topology] ?? '';
  const directory = labels[LABEL.directory];
  if (labels[LABEL.schema] !== LABEL_SCHEMA || !TOPOLOGY_NAME.test(topology)) return undefined;
  const origin = originIn(labels);
  if (origin === undefined && labels[LABEL.origin] !== undefined) return undefined;
  const whose = origin === undefined ? {} : { origin };
  if (directory === undefined) return { topology, ...whose };
  return isDirectoryOf(topology, directory) ? { topology, directory, ...whose } : undefined;
}

function isProbe(labels: Labels): boolean {
  return labels[LABEL.schema] === LABEL_SCHEMA && labels[LABEL.topology] === undefined;
}

/** Each data home has a topology's files in a directory of its name. */
function isDirectoryOf(topology: string, path: string): boolean {
  const plain = isAbsolute(path) && normalize(path) === path && !path.includes('\0');
  return plain && basename(path) === topology && !path.endsWith('/');
}
