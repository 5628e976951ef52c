import { infoFields, textOf } from '../health/raw.js';
import type { Access } from '../model/access.js';
import { type Address, fromHere, type NodePlacement, sameAddress } from '../model/topology.js';
import { Clients } from '../redis/clients.js';

/**
 * How often a node is asked, two seconds each time: a replica that cannot store what its master sends
 * answers nobody for five seconds, time and again (replication.c, syncWithMaster: five tries, a second apart).
 */
const TRIES = 4;

/**
 * Those who say that they follow the master.
 * @param nodes data nodes that run although their directory is gone. As a replica such a node can never
 *   take over what its master has; only another start gives it a directory
 */
export async function replicasAmong(
  nodes: readonly NodePlacement[],
  master: Address,
  access: Access,
): Promise<string[]> {
  const clients = new Clients();
  const follows = async ({ published }: NodePlacement) => {
    for (let i = 0; i < TRIES; i++) {
      const client = clients.at(fromHere(published), access.redis);
      const { info } = await client.ask({ info: ['INFO', 'replication'] });
      const fields = infoFields(textOf(info) ?? '');
      const [ip, port] = [fields.get('master_host'), Number(fields.get('master_port'))];
      if (fields.has('role')) return ip !== undefined && sameAddress({ ip, port }, master);
    }
    return false;
  };
  try {
    const replies = await Promise.all(nodes.map(follows));
    return nodes.filter((_, i) => replies[i]).map(({ name }) => name);
  } finally {
    clients.close();
  }
}
