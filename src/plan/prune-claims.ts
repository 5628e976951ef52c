import { join } from 'node:path';
import type { Orphan, ThingKind } from '../model/prune.js';
import { type Claim, claimOfContainer, claimOfNetwork, claimOfVolume } from './claim.js';
import { isMeant, type PruneScene } from './prune-facts.js';

/** A thing of the engine and whose it says it is. */
export interface Claimed extends Omit<Orphan, 'why'> {
  readonly claim: Claim;
  readonly createdAt?: number;
  /** Of a container: paths of the engine's machine that are mounted in it. */
  readonly binds?: readonly string[];
}

/** Every thing of the engine whose labels are whole, as far as it is meant. */
export function claimedThings(scene: PruneScene): Claimed[] {
  const containers = scene.containers.flatMap((each) =>
    claimed('container', each, claimOfContainer(each)).map((thing) => ({
      ...{ ...thing, state: each.state },
      ...(each.createdAt === undefined ? {} : { createdAt: each.createdAt }),
      ...(each.binds === undefined ? {} : { binds: each.binds }),
    })),
  );
  const networks = scene.networks.flatMap((each) => claimed('network', each, claimOfNetwork(each)));
  const volumes = scene.volumes.flatMap((each) =>
    claimed('volume', { id: each.name, name: each.name }, claimOfVolume(each)),
  );
  return [...containers, ...networks, ...volumes].filter(isMeant(scene));
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
