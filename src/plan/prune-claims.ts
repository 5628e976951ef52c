import { join } from 'node:path';
import { LABEL } from '../model/constants.js';
import type { Orphan, ThingKind } from '../model/prune.js';
import { type Claim, claimOfContainer, claimOfNetwork, claimOfVolume } from './claim.js';
import { type Labelled, ownContainers, ownNetworks, ownVolumes } from './ownership.js';
import { isMeant, type PruneFacts, type PruneScene } from './prune-facts.js';

/** A thing of the engine and whose it says it is. */
export interface Claimed extends Omit<Orphan, 'why'> {
  readonly claim: Claim;
  readonly createdAt?: number;
  /** Of a container: paths of the engine's machine that are mounted in it. */
  readonly binds?: readonly string[];
  /** It only carries labels of rsent's. */
  readonly isCopy?: true;
}

/**
 * Every thing of the engine whose labels are whole, as far as it is meant.
 * @param records by the directory of a topology, where they have been read
 */
export function claimedThings(
  scene: PruneScene,
  records: PruneFacts['records'] = new Map(),
): Claimed[] {
  const copies = copiesIn(scene, records);
  const mark = (thing: object) => (copies.has(thing) ? { isCopy: true as const } : {});
  const containers = scene.containers.flatMap((each) =>
    claimed('container', each, claimOfContainer(each)).map((thing) => ({
      ...{ ...thing, state: each.state, ...mark(each) },
      ...(each.createdAt === undefined ? {} : { createdAt: each.createdAt }),
      ...(each.binds === undefined ? {} : { binds: each.binds }),
    })),
  );
  const networks = scene.networks.flatMap((each) =>
    claimed('network', each, claimOfNetwork(each)).map((own) => ({ ...own, ...mark(each) })),
  );
  const volumes = scene.volumes.flatMap((each) =>
    claimed('volume', { id: each.name, name: each.name }, claimOfVolume(each)).map((own) => ({
      ...{ ...own, ...mark(each) },
    })),
  );
  return [...containers, ...networks, ...volumes].filter(isMeant(scene));
}

/** What only carries the labels of a topology, by the record of the directory that it names. */
function copiesIn(scene: PruneScene, records: PruneFacts['records']): Set<object> {
  const topologies = (things: readonly Labelled[]) => {
    const groups = new Map<string, Labelled[]>();
    for (const each of things) {
      const { [LABEL.topology]: topology, [LABEL.directory]: directory } = each.labels;
      if (topology === undefined) continue;
      const key = directory ?? join(scene.home, topology);
      groups.set(key, [...(groups.get(key) ?? []), each]);
    }
    return [...groups].map(([directory, group]) => {
      const state = records.get(directory);
      return { group, record: state?.kind === 'record' ? state.record : undefined };
    });
  };
  return new Set([
    ...topologies(scene.containers).flatMap(
      (each) => ownContainers(each.group, each.record).copies,
    ),
    ...topologies(scene.networks).flatMap((each) => ownNetworks(each.group).copies),
    ...topologies(scene.volumes).flatMap((each) => ownVolumes(each.group, each.record).copies),
  ]);
}

/**
 * The directories whose records decide about all that is there.
 * @returns the name of the topology by its directory
 */
export function claimedDirectories(scene: PruneScene): Map<string, string> {
  const claims = claimedThings(scene).flatMap(({ claim: { topology, directory } }) =>
    topology === undefined ? [] : [{ topology, directory }],
  );
  const own = [...scene.directories.filter(isMeant(scene)), ...claims].map(({ topology }) => ({
    ...{ topology, directory: join(scene.home, topology) },
  }));
  return new Map(
    [...own, ...claims].flatMap(({ topology, directory }) =>
      directory === undefined ? [] : [[directory, topology] as const],
    ),
  );
}

function claimed(
  kind: ThingKind,
  { id, name }: Pick<Orphan, 'id' | 'name'>,
  claim: Claim | undefined,
): Claimed[] {
  if (claim === undefined) return [];
  const { topology, part } = claim;
  return [
    {
      ...{ kind, id, name, claim },
      ...(topology === undefined ? {} : { topology }),
      ...(part === undefined ? {} : { part }),
    },
  ];
}
