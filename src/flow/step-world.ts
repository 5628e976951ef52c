import type { FileStore } from '../host/file-store.js';
import type { Access } from '../model/access.js';
import { RsentError } from '../model/errors.js';
import type { ContainerState, NodePlacement, TopologyRecord } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import type { NodeClient } from '../redis/client.js';
import type { Context } from './context.js';
import type { Joins } from './joins.js';
import type { Patience } from './patience.js';
import type { Secrets } from './secrets.js';
import type { OpenDump } from './seed.js';

/** What the steps of a plan are done to. */
export interface StepWorld {
  readonly context: Context;
  readonly record: TopologyRecord;
  readonly files: FileStore;
  /** The directory of the topology. */
  readonly directory: string;
  readonly access: Access;
  readonly client: (node: NodePlacement) => NodeClient;
  /** What stands where the plan has only a mark for it. */
  readonly secrets: Secrets;
  /** How long a step waits for a node that gets nowhere. */
  readonly patience: Patience;
  /** Who has an address already, where the plan asks that. */
  readonly joins?: Joins | undefined;
  /** The dump of a backup, where the plan needs one. */
  readonly dump?: OpenDump | undefined;
}

/** What the engine says of a container of this topology; undefined when there is none. */
export async function stateOf(
  container: string,
  { context, record }: StepWorld,
): Promise<ContainerState | undefined> {
  const rows = await context.engine.containers(topologyLabels(record.spec.name));
  return rows.find(({ name }) => name === container)?.state;
}

/**
 * The node that a step names: one of the placement, or one that is leaving it.
 * @throws RsentError `bug` when there is none
 */
export function placed(name: string, { record }: StepWorld): NodePlacement {
  const all = [...record.placement.nodes, ...(record.unfinished?.leaving ?? [])];
  const node = all.find((each) => each.name === name);
  if (node === undefined)
    throw new RsentError('bug', `The plan names ${name}, which has no place.`);
  return node;
}
