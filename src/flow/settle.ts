import { messageOf } from '../model/errors.js';
import { ofKind, type TopologyRecord } from '../model/topology.js';
import { confEdits } from '../plan/conf-settings.js';
import type { NodeClient } from '../redis/client.js';
import { settled, toTell } from './change.js';
import type { Context } from './context.js';
import { GUARD, liftLeftHolds, mayBeHeld } from './left-hold.js';
import type { Observer, Target } from './observe.js';
import { restoreUsers } from './restore-users.js';
import type { Secrets } from './secrets.js';
import { type Told, tellRedis, tellSentinel } from './tell.js';

/** What no spec can say otherwise (spec/owned.ts), and a server has as its own value. */
const SHOWN = [{ name: 'replica-announced', value: 'yes' }];

/**
 * Tell every node of a topology that runs what the record says, as far as it is set to something
 * else: somebody changed it by hand, or a change was cut short. What a node does not take is told
 * as a warning; one that does not answer is left to the proof.
 * @returns what was put right
 */
export async function settle(
  context: Context,
  record: TopologyRecord,
  observer: Observer,
  targets: readonly Target[],
  { passwords }: Pick<Secrets, 'passwords'>,
): Promise<readonly Told[]> {
  const { spec } = record;
  const told: Told[] = [];
  const complaints: string[] = [];
  const noting = async (done: Promise<void>) =>
    void (await done.catch((error: unknown) => complaints.push(messageOf(error))));
  const settings = await toTell(context, record).catch((error: unknown) => {
    complaints.push(messageOf(error));
    return [];
  });
  const held = await liftLeftHolds(context, record, observer, targets, told);
  for (const [node, why] of held) complaints.push(`${node} still refuses writes (${why})`);
  // First of all: who may not be told settings cannot be set right otherwise.
  await Promise.all(
    targets.map((node) => noting(restoreUsers(record, observer, node, passwords, told))),
  );
  await Promise.all([
    ...ofKind(targets, 'sentinel').map(({ name, ...node }) =>
      noting(tellSentinel({ name, client: observer.client(node) }, spec, spec, told)),
    ),
    ...ofKind(targets, 'redis').map(async ({ name, ...node }) => {
      const client = observer.client(node);
      // Nobody but `liftLeftHolds` knows whether a hold may be lifted.
      const isHeld = await mayBeHeld(client);
      const due = [...settings, ...(spec.templates === undefined ? SHOWN : [])].filter(
        (each) => !(isHeld && each.name === GUARD),
      );
      for (const each of due) await noting(tellRedis({ name, client }, [each], told, 'known'));
      await noting(keepInConf(context, record, node, client));
    }),
  ]);
  for (const complaint of new Set(complaints)) context.progress.warn(complaint);
  if (complaints.length === 0) await settled(context, record);
  return told;
}

/**
 * A node that was told a setting just before rsent was killed has it, and its conf does not: the next
 * start would take it away. A Sentinel keeps at once whatever it is told.
 */
async function keepInConf(
  { files }: Context,
  record: TopologyRecord,
  { kind, confFile }: Pick<Target, 'kind' | 'confFile'>,
  client: NodeClient,
): Promise<void> {
  const text =
    confFile &&
    (await files
      .of(record)
      .readText(confFile)
      .catch(() => undefined));
  if (text && confEdits(text, kind, record.spec).length > 0) await client.call('CONFIG', 'REWRITE');
}
