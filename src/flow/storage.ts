import type { VolumeFacts } from '../engine/engine.js';
import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import type { Placement, TopologyRecord } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import { carries, foreignVolumes, nodesWithVolume } from '../plan/volumes.js';
import type { Context } from './context.js';

/**
 * Where conf and data are: as recorded, as asked, else where the engine can have them.
 * @throws RsentError `spec` for directories of this machine and an engine on another one
 */
export function chooseStorage(
  { engine }: Pick<Context, 'engine'>,
  { name, storage }: TopologySpec,
  existing: TopologyRecord | undefined,
): Pick<Placement, 'storage'> {
  const asked = storage ?? (engine.local ? 'directory' : 'volume');
  const chosen = existing === undefined ? asked : (existing.placement.storage ?? 'directory');
  if (chosen === 'volume') return { storage: 'volume' };
  if (engine.local) return {};
  const what = existing === undefined ? 'storage is directory' : `${name} lives in directories`;
  throw new RsentError(
    'spec',
    `${what}, and the engine at ${engine.endpoint} is on another machine.`,
    {
      hint:
        existing === undefined
          ? 'Nothing was created. An engine mounts directories of its own machine only: leave --storage out.'
          : 'Nothing was done. It needs the engine of this machine: unset DOCKER_HOST, or docker context use default.',
    },
  );
}

/**
 * The nodes of a topology whose volumes are there.
 * @throws RsentError `topology` when volumes are in the way that this record does not speak of, or
 * all of those that it speaks of are missing
 */
export async function findVolumes(
  { engine }: Pick<Context, 'engine'>,
  record: TopologyRecord,
  directory: string,
  isNew: boolean,
): Promise<Set<string>> {
  if (record.placement.storage !== 'volume') return new Set();
  const { name } = record.spec;
  const volumes = await engine.volumes();
  const left = volumes.filter((each) => carries(each, topologyLabels(name)));
  if (isNew && left.length > 0) throw withoutRecord(name, left);
  const foreign = foreignVolumes(record, directory, volumes);
  if (foreign.length > 0) throw inTheWay(foreign);
  const found = nodesWithVolume(record, directory, volumes);
  if (!isNew && found.size === 0) throw volumesElsewhere(name, engine.endpoint, directory);
  return found;
}

function withoutRecord(name: string, left: readonly VolumeFacts[]): RsentError {
  const names = left.map((each) => each.name).join(', ');
  return new RsentError(
    'topology',
    `The engine has volumes of a topology named ${name} whose record is not here: ${names}.`,
    {
      hint: `Nothing was created. Use another name, or the data home that they were made from (--data-dir); rsent down ${name} --volumes removes those that were made from this one, with their data.`,
    },
  );
}

function inTheWay(names: readonly string[]): RsentError {
  return new RsentError('topology', `There are volumes of somebody else: ${names.join(', ')}.`, {
    hint: 'Nothing was created, and they were left as they are. Use another name for the topology.',
  });
}

/** What a record speaks of is not where it is looked for. */
export function volumesElsewhere(name: string, endpoint: string, directory: string): RsentError {
  return new RsentError(
    'topology',
    `The volumes of ${name} are not on the engine at ${endpoint}.`,
    {
      hint: `Nothing was removed or made. Point DOCKER_HOST or docker context at the engine that it was made on. If they are gone for good, so is its data: remove ${directory}.`,
    },
  );
}
