import { dirname } from 'node:path';
import type { Engine, VolumeFacts } from '../engine/engine.js';
import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import type { Placement, TopologyRecord } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import {
  carries,
  foreignVolumes,
  madeFrom,
  nodesWithVolume,
  volumesFrom,
} from '../plan/volumes.js';
import type { Context } from './context.js';
import { sharesFiles } from './shared-files.js';

/**
 * Where conf and data are: as recorded, as asked, else where the engine can have them.
 * @throws RsentError `spec` for directories that the engine's containers cannot use
 */
export async function chooseStorage(
  { engine, home }: Pick<Context, 'engine' | 'home'>,
  { name, storage }: TopologySpec,
  existing: TopologyRecord | undefined,
): Promise<Pick<Placement, 'storage'>> {
  const recorded = existing && (existing.placement.storage ?? 'directory');
  const asked = recorded ?? storage;
  if (asked === 'volume') return { storage: 'volume' };
  const why = await whyNoDirectories(engine, home);
  if (why === undefined) return {};
  if (asked === undefined) return { storage: 'volume' };
  const what = existing === undefined ? 'storage is directory' : `${name} lives in directories`;
  const hint = existing === undefined ? why.forNew : why.forKept;
  throw new RsentError('spec', `${what}, and ${why.reason}.`, { hint });
}

/** Why containers of an engine cannot have directories of this machine, and what to do about it. */
interface Obstacle {
  readonly reason: string;
  readonly forNew: string;
  readonly forKept: string;
}

const ON_ITS_OWN =
  'Nothing was done. Run rsent where the engine sees the same files, or point DOCKER_HOST or docker context at the engine that it was made on.';

async function whyNoDirectories(engine: Engine, home: string): Promise<Obstacle | undefined> {
  const { endpoint } = engine;
  if (!engine.local) {
    return {
      reason: `the engine at ${endpoint} is on another machine`,
      forNew:
        'Nothing was created. An engine mounts directories of its own machine only: leave --storage out.',
      forKept:
        'Nothing was done. It needs the engine of this machine: unset DOCKER_HOST, or docker context use default.',
    };
  }
  const [{ userMapping }, sharing] = await Promise.all([
    engine.describe(),
    sharesFiles({ engine }, home),
  ]);
  const forNew = 'Nothing was created. Leave --storage out: volumes are used then.';
  if (userMapping !== undefined) {
    const how = userMapping === 'rootless' ? 'is rootless' : 'runs with userns-remap';
    return {
      reason: `the engine at ${endpoint} ${how}: its containers run as users who cannot read them`,
      ...{ forNew, forKept: ON_ITS_OWN },
    };
  }
  // Where it cannot be told, the engine says so itself when it is to mount one.
  if (sharing !== 'apart') return undefined;
  return {
    reason: `the engine at ${endpoint} does not see ${home} of this machine: its files are others`,
    ...{ forNew, forKept: ON_ITS_OWN },
  };
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
  if (isNew && left.length > 0) {
    // The record of a new one has the origin of who is asking.
    const own = volumesFrom(name, directory, left, undefined, record.origin);
    throw withoutRecord(name, left, own.length === left.length);
  }
  const foreign = foreignVolumes(record, directory, volumes);
  const from = isNew ? undefined : madeFrom(record, directory, volumes);
  if (from !== undefined) throw movedAway(name, from, directory);
  if (foreign.length > 0) throw inTheWay(foreign);
  const found = nodesWithVolume(record, directory, volumes);
  if (!isNew && found.size === 0) throw volumesElsewhere(name, engine.endpoint, directory);
  return found;
}

function withoutRecord(name: string, left: readonly VolumeFacts[], areOwn: boolean): RsentError {
  const names = left.map((each) => each.name).join(', ');
  const removal = areOwn
    ? `They were made from here: rsent down ${name} --volumes removes them with their data.`
    : `Nothing proves that they were made from here; if nobody needs them, remove them by hand: docker volume rm ${names.replaceAll(',', '')}`;
  return new RsentError(
    'topology',
    `The engine has volumes of a topology named ${name} whose record is not here: ${names}.`,
    {
      hint: `Nothing was created. Use another name, or the data home that they were made from (--data-dir). ${removal}`,
    },
  );
}

function inTheWay(names: readonly string[]): RsentError {
  return new RsentError('topology', `There are volumes of somebody else: ${names.join(', ')}.`, {
    hint: 'Nothing was created, and they were left as they are. Use another name for the topology.',
  });
}

/** Its volumes bear the name of the directory that its record was in. */
export function movedAway(name: string, from: string, directory: string): RsentError {
  return new RsentError(
    'topology',
    `The volumes of ${name} were made from ${from}, and this record of it is in ${directory}.`,
    {
      hint: `Nothing was removed or made. If the directory was moved, put it back: mv ${directory} ${from}. Then, or if this is a copy, name its data home: --data-dir ${dirname(from)}.`,
    },
  );
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
