import { messageOf, RsentError } from '../model/errors.js';
import type { Given } from '../model/given.js';
import type { Command, NodeClient } from '../redis/client.js';
import { type Listener, settingOf, type Told } from './tell.js';

/**
 * Give a data node the settings again that rsent's own redis.conf gave it, as far as it tells others,
 * and let it keep them. All in one command where it takes that (7.0): a certificate and its key only
 * go together.
 * @param told what was put right is added
 * @throws RsentError `refused` with the server's words when it does not take them
 */
export async function restoreGiven(
  { name: node, client }: Listener,
  given: readonly Given[],
  told: Told[],
): Promise<void> {
  const present = await Promise.all(
    given.map(async (each) => ({ ...each, was: await settingOf(client, each.name) })),
  );
  const others = present.flatMap(({ was, ...each }) => {
    // A directory that was removed has no name any more.
    const isRemoved = each.name === 'dir' && was === '';
    return was === undefined || was === each.value || isRemoved ? [] : [{ ...each, was }];
  });
  if (others.length === 0) return;
  const words = others.flatMap(({ name, value }) => [name, value]);
  const all: Command = ['CONFIG', 'SET', ...words];
  const { set } = await client.ask({ set: all });
  if (!set.ok) await oneByOne(node, client, others);
  await client.call('CONFIG', 'REWRITE');
  const isAddress = others.some(({ name }) => name.startsWith('replica-announce-'));
  // A replica says its address only as it connects to its master; that costs a partial resync.
  if (isAddress) await client.call('CLIENT', 'KILL', 'TYPE', 'master');
  for (const { name, was, value } of others) told.push({ node, name, was, now: value });
}

async function oneByOne(node: string, client: NodeClient, others: readonly Given[]): Promise<void> {
  for (const { name, value } of others) {
    await client.call('CONFIG', 'SET', name, value).catch((error: unknown) => {
      throw new RsentError('refused', `${node} does not take ${name}: ${messageOf(error)}.`);
    });
  }
}
