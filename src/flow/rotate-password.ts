import { setTimeout as sleep } from 'node:timers/promises';
import { readNextSecrets } from '../host/next-secrets.js';
import { readPasswords, writePassword } from '../host/secrets.js';
import {
  type Access,
  accessWith,
  asStranger,
  believing,
  type Passwords,
  usersOf,
} from '../model/access.js';
import { messageOf, RsentError } from '../model/errors.js';
import type { Verdict } from '../model/verdict.js';
import { isErrorReply } from '../redis/client.js';
import { withoutSecret } from '../redis/reasons.js';
import type { Context } from './context.js';
import { findRecorded } from './find.js';
import { becomeHealthy, requireHealthy } from './healthy.js';
import type { Observer, Target } from './observe.js';
import { requireNoOther, rotating } from './rotation.js';
import { forgetting, learning, saving, type Tell, unlearning, using } from './rotation-commands.js';
import { completed } from './secrets.js';
import { observerOf } from './targets.js';
import { throwIfInterrupted } from './wait.js';

export interface RotateOptions {
  /** The new password; one is made when none is given. */
  readonly password?: string;
  /** How long the old one opens new connections, too (ms). */
  readonly graceMs: number;
  readonly timeoutMs: number;
}

type Recorded = Awaited<ReturnType<typeof findRecorded>>;

/**
 * Change the password of a running topology; with ACL that of every user. First every node learns
 * the new ones beside the old ones, then all that connect to another node use them, then the old
 * ones are forgotten: at no moment does a connection break or a write fail for it. What is on disk
 * opens every node at any moment. One that was cut short is completed first; that is all then,
 * unless another password is given.
 * @throws RsentError `refused` when a node could not learn it now, or a renewal of the certificates
 * was cut short (nothing was changed then);
 * `unhealthy` when it is cut short: `rsent up` completes it
 */
export async function rotatePassword(
  context: Context,
  name: string,
  options: RotateOptions,
): Promise<void> {
  const earlier = await findRecorded(context, name);
  requireNoOther(earlier.record, 'password');
  const { security, ...spec } = earlier.record.spec;
  const isUnfinished = earlier.record.unfinished?.rotating === 'password';
  if (isUnfinished) await completePassword(context, earlier, options);
  const old = await readPasswords(context.home, name, security);
  if (isUnfinished && (options.password ?? old.app) === old.app) return;
  if (!security.auth || old.app === undefined) throw withoutPassword(name);
  const fresh = completed({}, security.acl, options.password);
  if (fresh.app === old.app) throw new RsentError('usage', 'The new password is the old one.');
  const known = isUnfinished ? await findRecorded(context, spec.name) : earlier;
  await healthy(context, known, known.access);
  await changeTo(context, known, fresh, options);
}

/**
 * Complete a change of the password that was cut short.
 * @throws RsentError `unhealthy` when it is cut short again
 */
export async function completePassword(
  context: Context,
  known: Recorded,
  options: Omit<RotateOptions, 'password'>,
): Promise<void> {
  const { name, security } = known.record.spec;
  context.progress.note(`Completing the change of the password of ${name}`);
  const { passwords } = await readNextSecrets(context.home, name);
  await changeTo(context, known, passwords ?? completed({}, security.acl), options);
}

async function changeTo(
  context: Context,
  known: Recorded,
  fresh: Passwords,
  options: Omit<RotateOptions, 'password'>,
): Promise<void> {
  const { name } = known.record.spec;
  const refusal = await rotating(context, name, 'password', { passwords: fresh }, (record) =>
    change(context, { ...known, record }, fresh, options),
  );
  if (refusal !== undefined) throw refusal;
}

/** @returns why it was not begun: a node could not learn it, and nothing was changed */
async function change(
  context: Context,
  known: Recorded,
  fresh: Passwords,
  options: Omit<RotateOptions, 'password'>,
): Promise<RsentError | undefined> {
  const { name, security, masterName } = known.record.spec;
  const { acl } = security;
  const kept = await readPasswords(context.home, name, security);
  const users = usersOf(security);
  // The old ones are forgotten only when all of the new ones are kept.
  const isKept = users.every((user) => kept[user] === fresh[user]);
  if (!isKept) {
    const refusal = await everywhere(context, known, known.access, options, async (nodes, ask) => {
      context.progress.stage('Teaching every node the new password beside the old one');
      const refused = await learn(context, nodes, ask, acl, fresh);
      if (refused === undefined) await tell(ask, using(nodes, masterName, fresh), fresh);
      return refused;
    });
    if (refusal !== undefined) return refusal;
    for (const user of users) await writePassword(context.home, name, user, fresh[user]);
  }
  context.progress.done('Every node knows the new password, and uses it');
  if (options.graceMs > 0) await grace(context, options.graceMs);
  const access = believing(accessWith(fresh, acl), asStranger(known.access.redis));
  const { findings } = await healthy(context, known, access);
  await everywhere(context, known, access, options, async (nodes, ask) => {
    context.progress.stage('Forgetting the old password');
    await tell(ask, forgetting(nodes, acl, fresh), fresh);
  });
  context.progress.done('The old password opens nothing any more');
  for (const { code, subject, saw, fix } of findings) {
    if (code !== 'acl-stranger') continue;
    context.progress.warn(`${subject}: ${saw}. It keeps its password. To do: ${fix}.`);
  }
  return undefined;
}

function withoutPassword(name: string): RsentError {
  return new RsentError('refused', `${name} has no password to change.`, {
    hint: 'A topology gets one when it is made: rsent up NAME --auth.',
  });
}

type Ask = Pick<Observer, 'client'>;

/** @throws RsentError `refused` when anything is wrong */
async function healthy(context: Context, known: Recorded, access: Access): Promise<Verdict> {
  const { expectation, observer } = observerOf(context, { ...known, access });
  try {
    return await requireHealthy(context, observer, expectation);
  } finally {
    observer.close();
  }
}

/** Do something on all nodes, and wait until all is well after it. */
async function everywhere<T>(
  context: Context,
  known: Recorded,
  access: Access,
  { timeoutMs }: Pick<RotateOptions, 'timeoutMs'>,
  act: (nodes: readonly Target[], ask: Ask) => Promise<T>,
): Promise<T> {
  const { expectation, targets, observer } = observerOf(context, { ...known, access });
  try {
    const given = await act(targets, observer);
    await becomeHealthy(context, observer, expectation, timeoutMs, '');
    return given;
  } finally {
    observer.close();
  }
}

/**
 * Every node learns the new passwords, and saves that it does.
 * @returns why one cannot have two; then no node knows the new ones any more
 */
async function learn(
  context: Context,
  nodes: readonly Target[],
  ask: Ask,
  acl: boolean,
  fresh: Passwords,
): Promise<RsentError | undefined> {
  for (const { node, command } of learning(nodes, acl, fresh)) {
    throwIfInterrupted(context.signal);
    const { set } = await ask.client(node).ask({ set: command });
    if (set.ok) continue;
    const why = withoutSecrets(set.error, fresh);
    if (!isErrorReply(set.error)) throw new RsentError('unhealthy', `${node.name}: ${why}.`);
    const learnt = nodes.slice(0, nodes.indexOf(node) + 1);
    await tell(ask, unlearning(learnt, acl, fresh), fresh).catch(() => undefined);
    return new RsentError('refused', `${node.name} cannot have two passwords: ${why}.`, {
      hint: 'Nothing was changed. Sentinel has users since Redis 6.2; a topology with an older one gets another password by rsent down NAME, then rsent up NAME --auth.',
    });
  }
  await tell(ask, saving(nodes), fresh);
  return undefined;
}

async function tell(ask: Ask, tells: readonly Tell<Target>[], fresh: Passwords): Promise<void> {
  for (const { node, command } of tells) {
    await ask
      .client(node)
      .call(...command)
      .catch((error: unknown) => {
        throw new RsentError(
          'unhealthy',
          `${node.name}: ${withoutSecrets(messageOf(error), fresh)}.`,
        );
      });
  }
}

function withoutSecrets(complaint: string, fresh: Passwords): string {
  return Object.values(fresh).reduce(withoutSecret, complaint);
}

async function grace(context: Context, graceMs: number): Promise<void> {
  context.progress.stage(`Both passwords open new connections for ${graceMs / 1000} s`);
  await sleep(graceMs, undefined, { signal: context.signal }).catch(() => undefined);
  throwIfInterrupted(context.signal);
  context.progress.done();
}
