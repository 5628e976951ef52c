import { expectRecord } from '../health/expect.js';
import { masterOf } from '../health/judge.js';
import type { Passwords } from '../model/access.js';
import { messageOf } from '../model/errors.js';
import { givenSettings } from '../model/given.js';
import { type Address, ofKind, type TopologyRecord } from '../model/topology.js';
import { keptEdits } from '../plan/given-edits.js';
import type { NodeClient } from '../redis/client.js';
import { settled, toTell } from './change.js';
import type { Context } from './context.js';
import { GUARD, liftLeftHolds, mayBeHeld } from './left-hold.js';
import type { Observer, Target } from './observe.js';
import { restoreGiven } from './restore-given.js';
import { mayRestore, restoreMasterauth, restoreWatcher } from './restore-passwords.js';
import { OWN_QUESTIONS, restoreMonitor, restoreSelf } from './restore-sentinel.js';
import { restoreUsers } from './restore-users.js';
import type { Secrets } from './secrets.js';
import { type Listener, type Told, tellRedis, tellSentinel } from './tell.js';

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
  const master = async () => {
    const serving = masterOf(expectRecord(record), await observer.look());
    return targets.find(({ name }) => name === serving)?.address;
  };
  await Promise.all([
    ...ofKind(targets, 'sentinel').map(async (node) => {
      const listener = { name: node.name, client: observer.client(node) };
      await noting(
        restoreSentinel(context, record, { ...listener, node, master, passwords }, told),
      );
      await noting(tellSentinel(listener, spec, spec, told));
    }),
    ...ofKind(targets, 'redis').map(async (node) => {
      const { name } = node;
      const client = observer.client(node);
      // Nobody but `liftLeftHolds` knows whether a hold may be lifted.
      const isHeld = await mayBeHeld(client);
      const due = settings.filter((each) => !(isHeld && each.name === GUARD));
      for (const each of due) await noting(tellRedis({ name, client }, [each], told, 'known'));
      await noting(restoreGiven({ name, client }, givenSettings(record, node), told));
      if (mayRestore(record, passwords))
        await noting(restoreMasterauth({ name, client }, passwords, told));
      await noting(keepInConf(context, record, node, client, passwords));
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
  context: Context,
  record: TopologyRecord,
  target: Target,
  client: NodeClient,
  passwords: Passwords | undefined,
): Promise<void> {
  const text = await confOf(context, record, target);
  const node = record.placement.nodes.find(({ name }) => name === target.name);
  if (!text || node === undefined) return;
  if (keptEdits(text, record, node, passwords).length > 0) await client.call('CONFIG', 'REWRITE');
}

interface Watcher extends Listener {
  readonly node: Target;
  readonly master: () => Promise<Address | undefined>;
  readonly passwords: Passwords | undefined;
}

/** Set a Sentinel back in all that rsent gave it besides the settings of the spec. */
async function restoreSentinel(
  context: Context,
  record: TopologyRecord,
  { node, master, passwords, ...listener }: Watcher,
  told: Told[],
): Promise<void> {
  const { spec } = record;
  if (spec.templates !== undefined) return;
  await restoreMonitor(listener, spec, master, told);
  const conf = (await confOf(context, record, node)) || undefined;
  const own = { replies: await listener.client.ask(OWN_QUESTIONS), conf };
  await restoreSelf(listener, node.address, own, told);
  if (mayRestore(record, passwords)) await restoreWatcher(listener, record, own, passwords, told);
}

/** Text of a node's conf; undefined where it has none, or it cannot be read. */
async function confOf(
  { files }: Context,
  record: TopologyRecord,
  { confFile }: Target,
): Promise<string | undefined> {
  if (confFile === undefined) return undefined;
  const store = files.of(record);
  return store.readText(confFile).catch(() => undefined);
}
