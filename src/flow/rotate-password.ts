import { setTimeout as sleep } from 'node:timers/promises';
import { readPasswords, writePassword } from '../host/secrets.js';
import {
  type Access,
  accessWith,
  asStranger,
  believing,
  type Passwords,
  USERS,
  usersOf,
} from '../model/access.js';
import { RsentError } from '../model/errors.js';
import { type NodeKind, ofKind } from '../model/topology.js';
import type { Context } from './context.js';
import { findRecorded, type Known } from './find.js';
import { becomeHealthy, requireHealthy } from './healthy.js';
import type { Observer, Target } from './observe.js';
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

/**
 * Change the password of a running topology; with ACL that of every user. First every node learns
 * the new ones beside the old ones, then all that connect to another node use them, then the old
 * ones are forgotten: at no moment does a connection break or a write fail for it. What is on disk
 * opens every node at any moment.
 * @throws RsentError `refused` when a node could not learn it now; nothing was changed then
 */
export async function rotatePassword(
  context: Context,
  name: string,
  options: RotateOptions,
): Promise<void> {
  const known = await findRecorded(context, name);
  const { security } = known.record.spec;
  const old = await readPasswords(context.home, name, security);
  if (!security.auth || old.app === undefined) throw withoutPassword(name);
  const fresh = completed({}, security.acl, options.password);
  if (fresh.app === old.app) throw new RsentError('usage', 'The new password is the old one.');
  const accounts = accountsOf(security.acl, fresh);
  await everywhere(context, known, known.access, options, async (nodes, observer) => {
    context.progress.stage('Teaching every node the new password beside the old one');
    await learn(nodes, observer, accounts);
    await use(nodes, observer, known, fresh);
  });
  for (const user of usersOf(security)) {
    await writePassword(context.home, name, user, fresh[user]);
  }
  context.progress.done('Every node knows the new password, and uses it');
  if (options.graceMs > 0) await grace(context, options.graceMs);
  const access = believing(accessWith(fresh, security.acl), asStranger(known.access.redis));
  await everywhere(context, known, access, options, async (nodes, observer) => {
    context.progress.stage('Forgetting the old password');
    await forget(nodes, observer, accounts);
  });
  context.progress.done('The old password opens nothing any more');
}

/** A user as the servers know it, and its new password. */
interface Account {
  readonly user: string;
  readonly password: string;
  /** Redis's own setting for the default user; Sentinel and named users have none. */
  readonly isDefault: boolean;
  readonly kinds: readonly NodeKind[];
}

/** No replica talks to a Sentinel, so it knows none. */
function accountsOf(acl: boolean, fresh: Passwords): readonly Account[] {
  const kinds: readonly NodeKind[] = ['sentinel', 'redis'];
  if (!acl) return [{ user: 'default', password: fresh.app, isDefault: true, kinds }];
  return USERS.map((user) => ({
    user,
    password: fresh[user],
    isDefault: false,
    kinds: user === 'replication' ? ['redis'] : kinds,
  }));
}

function withoutPassword(name: string): RsentError {
  return new RsentError('refused', `${name} has no password to change.`, {
    hint: 'A topology gets one when it is made: rsent up NAME --auth.',
  });
}

type Nodes = readonly Target[];

const AGAIN = 'Both passwords may be known to some nodes. Run rsent rotate-password again.';

/** Do something on all nodes, with a healthy topology before it and after it. */
async function everywhere(
  context: Context,
  known: Known,
  access: Access,
  { timeoutMs }: RotateOptions,
  act: (nodes: Nodes, observer: Observer) => Promise<void>,
): Promise<void> {
  const { expectation, targets, observer } = observerOf(context, { ...known, access });
  try {
    await requireHealthy(context, observer, expectation);
    await act(targets, observer);
    await becomeHealthy(context, observer, expectation, timeoutMs, AGAIN);
  } finally {
    observer.close();
  }
}

/**
 * Beside the old ones. Users have passwords since 6.0 (redis.io/commands/acl-setuser), in Sentinel
 * since 6.2: the Sentinels first, so that nothing has changed when they cannot.
 */
async function learn(
  nodes: Nodes,
  observer: Observer,
  accounts: readonly Account[],
): Promise<void> {
  for (const node of [...ofKind(nodes, 'sentinel'), ...ofKind(nodes, 'redis')]) {
    for (const { user, password } of accounts.filter(({ kinds }) => kinds.includes(node.kind))) {
      const { set } = await observer
        .client(node)
        .ask({ set: ['ACL', 'SETUSER', user, `>${password}`] });
      if (set.ok) continue;
      const why = withoutSecret(set.error, password);
      throw new RsentError('refused', `${node.name} cannot have two passwords: ${why}.`, {
        hint: 'Sentinel has users since Redis 6.2. With an older one: rsent down, and up anew with --auth.',
      });
    }
  }
}

/**
 * What a server complains of, without the password that it repeats: whole in a rule that it does
 * not accept, perhaps cut off among the arguments of a command that it does not know.
 */
export function withoutSecret(complaint: string, password: string): string {
  return complaint
    .replace(/,? with args beginning with:.*$/s, '')
    .replaceAll(password, '(password)');
}

/** Whoever connects to another node uses the new one from now on; links are made anew. */
async function use(
  nodes: Nodes,
  observer: Observer,
  { record }: Known,
  fresh: Passwords,
): Promise<void> {
  const masterName = record?.spec.masterName ?? '';
  for (const node of ofKind(nodes, 'redis')) {
    const client = observer.client(node);
    await client.call('CONFIG', 'SET', 'masterauth', fresh.replication);
    await client.call('CONFIG', 'REWRITE');
  }
  for (const node of ofKind(nodes, 'sentinel')) {
    const client = observer.client(node);
    await client.call('SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', fresh.sentinel);
    await client.call('SENTINEL', 'SET', masterName, 'auth-pass', fresh.sentinel);
  }
}

async function grace(context: Context, graceMs: number): Promise<void> {
  context.progress.stage(`Both passwords open new connections for ${graceMs / 1000} s`);
  await sleep(graceMs, undefined, { signal: context.signal }).catch(() => undefined);
  throwIfInterrupted(context.signal);
  context.progress.done();
}

async function forget(
  nodes: Nodes,
  observer: Observer,
  accounts: readonly Account[],
): Promise<void> {
  for (const node of nodes) {
    const client = observer.client(node);
    for (const { user, password, isDefault, kinds } of accounts) {
      if (!kinds.includes(node.kind)) continue;
      if (isDefault && node.kind === 'redis') {
        await client.call('CONFIG', 'SET', 'requirepass', password);
      } else await client.call('ACL', 'SETUSER', user, 'resetpass', `>${password}`);
    }
    if (node.kind === 'redis') await client.call('CONFIG', 'REWRITE');
    else await client.call('SENTINEL', 'FLUSHCONFIG');
  }
}
