import type { Engine } from '../engine/engine.js';
import type { Claims } from '../host/claims.js';
import { addressText, isOff, type NodePlacement, type RunningTopology } from '../model/topology.js';
import type { Avoid } from './place-again.js';
import type { Placed } from './placing.js';

const HOLDER = 'another rsent that is starting a topology';

/**
 * A place that no other rsent is about to take: between the moment in which a port or a subnet is
 * seen to be free and the one in which a container or a network has it, nobody can see that it is
 * taken.
 * @param choose gives a place that steps around what is to be avoided
 * @param avoid what others have claimed is noted here
 * @throws RsentError whatever `choose` does when no place is left
 */
export async function claimPlace(
  engine: Engine,
  running: RunningTopology,
  claims: Claims,
  avoid: Avoid,
  choose: () => Promise<Placed>,
): Promise<Placed> {
  for (;;) {
    const placed = await choose();
    const { subnets, ports, addresses } = await lostTo(placed, engine, running, claims);
    if (subnets.length + ports.length + addresses.length === 0) return placed;
    avoid.subnets.push(...subnets);
    avoid.ports.push(...ports.map((port) => ({ port, holder: HOLDER })));
    avoid.shown = { ...avoid.shown, claimed: [...(avoid.shown.claimed ?? []), ...addresses] };
  }
}

/** What of the place somebody else has claimed; all else is ours. What is there already needs no claim. */
async function lostTo(
  { record: { placement, unfinished } }: Placed,
  { endpoint }: Engine,
  running: RunningTopology,
  claims: Claims,
) {
  const { form, joined, network, subnet, nodes } = placement;
  const up = new Set(running.nodes.flatMap(({ name, state }) => (isOff(state) ? [] : [name])));
  const missing = nodes.filter(({ name }) => !up.has(name));
  const isMade = running.network === undefined && !joined;
  // Where some nodes run, the address of another one is what they know it by, unless it joins them.
  const isMovable = ({ name }: NodePlacement) =>
    up.size === 0 || unfinished?.joining?.includes(name) === true;
  const lost = async <T>(things: readonly T[], textOf: (thing: T) => string): Promise<T[]> => {
    const won = await Promise.all(
      things.map((each) => claims.claim(`${endpoint} ${textOf(each)}`)),
    );
    return things.filter((_, nth) => !won[nth]);
  };
  const ports = await lost(missing, ({ published }) => addressText(published));
  const addresses = await lost(
    joined && form === 'bridge' ? missing.filter(isMovable) : [],
    ({ address }) => `${network} ${address.ip}`,
  );
  return {
    subnets: await lost(isMade ? [subnet] : [], (each) => each),
    ports: ports.map(({ published }) => published.port),
    addresses: addresses.map(({ address }) => address.ip),
  };
}
