import type { ContainerFacts, Engine, NetworkFacts } from '../engine/engine.js';
import { type Joined, joinedChange } from '../model/joined.js';
import type { Observation } from '../model/observation.js';

/** What became of a network that was joined; nothing is asked where none was. */
export async function joinedNow(
  engine: Engine,
  joined: Joined | undefined,
  containers: readonly ContainerFacts[],
): Promise<Pick<Observation, 'joined' | 'stranded'>> {
  if (joined === undefined) return {};
  const networks = await engine.networks();
  const change = joinedChange(joined, networks);
  const stranded = containers.some((each) => isStranded(each, networks));
  return { ...(change && { joined: change }), ...(stranded && { stranded }) };
}

/** True when a network that it was made on is gone; that another one has its name does not help. */
export function isStranded(
  { networkIds = [] }: ContainerFacts,
  networks: readonly NetworkFacts[],
): boolean {
  return networkIds.some((own) => !networks.some(({ id }) => id === own));
}
