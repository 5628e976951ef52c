import { RsentError } from '../model/errors.js';
import type { TopologyRecord } from '../model/topology.js';
import { freeAddresses } from '../plan/subnets.js';
import type { Context } from './context.js';

/**
 * Nodes that join a topology on a network of somebody else's, at addresses that nobody has taken since
 * they were chosen: nobody knows these nodes yet, so they can have others.
 * @param present nodes that run
 * @param claimed addresses that somebody else is about to take
 * @throws RsentError `topology` when there are too few
 */
export async function seatJoiners(
  { engine }: Pick<Context, 'engine'>,
  record: TopologyRecord,
  present: ReadonlySet<string>,
  claimed: readonly string[],
): Promise<TopologyRecord> {
  const { placement, unfinished } = record;
  const joining = new Set(unfinished?.joining?.filter((name) => !present.has(name)));
  if (!placement.joined || placement.form !== 'bridge' || joining.size === 0) return record;
  const network = (await engine.networks()).find(({ name }) => name === placement.network);
  const held = [...(await engine.usedAddresses(placement.network)), ...claimed];
  const own = placement.nodes.map(({ address }) => address.ip);
  const free = freeAddresses(placement.subnet, [...held, ...own, network?.gateway ?? '']);
  const nodes = placement.nodes.map((node) => {
    if (!joining.has(node.name) || !held.includes(node.address.ip)) return node;
    const ip = free.shift();
    if (ip === undefined) throw withoutRoom(placement.network);
    return { ...node, address: { ...node.address, ip } };
  });
  return { ...record, placement: { ...placement, nodes } };
}

function withoutRoom(network: string): RsentError {
  return new RsentError('topology', `The network ${network} has no free address left.`, {
    hint: `docker network inspect ${network} lists who is on it.`,
  });
}
