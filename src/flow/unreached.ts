import type { Engine } from '../engine/engine.js';
import { RsentError } from '../model/errors.js';
import { addressText, type NodePlacement } from '../model/topology.js';
import type { NodeClient } from '../redis/client.js';
import { ANSWERED } from './dial.js';

/** An image may have a shell, a client and nothing else. */
const PING_INSIDE = `
cli=redis-cli; command -v redis-cli >/dev/null || cli=valkey-cli
exec $cli -p "$1" PING </dev/null 2>&1`;

/**
 * A node that answers in its container and not where it is published will never be reached from here:
 * the engine's addresses are not those of this process, as in a container that was handed the engine's
 * socket.
 * @throws RsentError `engine` when that is so
 */
export async function rejectUnreachable(
  engine: Engine,
  node: Pick<NodePlacement, 'name' | 'container' | 'address' | 'published'>,
  client: NodeClient,
): Promise<void> {
  if (await isReached(client)) return;
  if (!(await answersInside(engine, node))) return;
  // It may have begun to answer between the two questions.
  if (await isReached(client)) return;
  throw new RsentError(
    'engine',
    `${node.name} answers in its container, but not at ${addressText(node.published)} from here: the engine at ${engine.endpoint} publishes ports on another machine, or in another network namespace, than that of this rsent.`,
    {
      hint: 'If rsent runs in a container, give that the network of the engine’s host (docker run --network host, or network_mode: host). If the engine’s socket is forwarded from another machine, use DOCKER_HOST=ssh://USER@HOST instead.',
    },
  );
}

/** A server that refuses a PING is there, too: the first word of its errors is in capitals. */
async function isReached(client: NodeClient): Promise<boolean> {
  const { pong } = await client.ask({ pong: ['PING'] });
  return pong === undefined || pong.ok || /^[A-Z]{3,} /.test(pong.error);
}

async function answersInside(
  engine: Engine,
  { container, address }: Pick<NodePlacement, 'container' | 'address'>,
): Promise<boolean> {
  const command = ['sh', '-c', PING_INSIDE, 'ping', String(address.port)];
  try {
    const session = await engine.attach(container, command, false);
    let said = '';
    session.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    session.stderr.resume();
    session.stdin.end();
    await session.ended;
    session.close();
    return ANSWERED.test(said.trim());
  } catch {
    // It is no reason to give a node up that it cannot be asked.
    return false;
  }
}
