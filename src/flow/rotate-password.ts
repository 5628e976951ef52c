import { setTimeout as sleep } from 'node:timers/promises';
import { newPassword, readPassword, writePassword } from '../host/secrets.js';
import { type Access, accessWith } from '../model/access.js';
import { RsentError } from '../model/errors.js';
import { ofKind } from '../model/topology.js';
import type { Context } from './context.js';
import { findRecorded, type Known } from './find.js';
import { becomeHealthy, requireHealthy } from './healthy.js';
import type { Observer, Target } from './observe.js';
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
 * Change the password of a running topology. First every node learns the new one beside the old
 * one, then all that connect to another node use it, then the old one is forgotten: at no moment
 * does a connection break or a write fail for it. What is on disk opens every node at any moment.
 * @throws RsentError `refused` when a node could not learn it now; nothing was changed then
 */
export async function rotatePassword(
  context: Context,
  name: string,
  options: RotateOptions,
): Promise<void> {
  const known = await findRecorded(context, name);
  const old = await readPassword(context.home, name);
  if (!known.record.spec.security.auth || old === undefined) throw withoutPassword(name);
  const fresh = options.password ?? newPassword();
  if (fresh === old) throw new RsentError('usage', 'The new password is the old one.');
  await everywhere(context, known, known.access, options, async (nodes, observer) => {
    context.progress.stage('Teaching every node the new password beside the old one');
    await learn(nodes, observer, fresh);
    await use(nodes, observer, known, fresh);
  });
  await writePassword(context.home, name, fresh);
  context.progress.done('Every node knows the new password, and uses it');
  if (options.graceMs > 0) await grace(context, options.graceMs);
  await everywhere(
    context,
    known,
    accessWith({ ...known.access.redis, password: fresh }),
    options,
    async (nodes, observer) => {
      context.progress.stage('Forgetting the old password');
      await forget(nodes, observer, fresh);
    },
  );
  context.progress.done('The old password opens nothing any more');
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
 * Beside the old one. Users have passwords since 6.0 (redis.io/commands/acl-setuser), in Sentinel
 * since 6.2: the Sentinels first, so that nothing has changed when they cannot.
 */
async function learn(nodes: Nodes, observer: Observer, password: string): Promise<void> {
  for (const node of [...ofKind(nodes, 'sentinel'), ...ofKind(nodes, 'redis')]) {
    const { set } = await observer
      .client(node)
      .ask({ set: ['ACL', 'SETUSER', 'default', `>${password}`] });
    if (set.ok) continue;
    throw new RsentError('refused', `${node.name} cannot have two passwords: ${set.error}.`, {
      hint: 'Sentinel has users since Redis 6.2. With an older one: rsent down, and up anew with --auth.',
    });
  }
}

/** Whoever connects to another node uses the new one from now on; links are made anew. */
async function use(
  nodes: Nodes,
  observer: Observer,
  { record }: Known,
  password: string,
): Promise<void> {
  const masterName = record?.spec.masterName ?? '';
  for (const node of ofKind(nodes, 'redis')) {
    const client = observer.client(node);
    await client.call('CONFIG', 'SET', 'masterauth', password);
    await client.call('CONFIG', 'REWRITE');
  }
  for (const node of ofKind(nodes, 'sentinel')) {
    const client = observer.client(node);
    await client.call('SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', password);
    await client.call('SENTINEL', 'SET', masterName, 'auth-pass', password);
  }
}

async function grace(context: Context, graceMs: number): Promise<void> {
  context.progress.stage(`Both passwords open new connections for ${graceMs / 1000} s`);
  await sleep(graceMs, undefined, { signal: context.signal }).catch(() => undefined);
  throwIfInterrupted(context.signal);
  context.progress.done();
}

async function forget(nodes: Nodes, observer: Observer, password: string): Promise<void> {
  for (const node of ofKind(nodes, 'redis')) {
    const client = observer.client(node);
    await client.call('CONFIG', 'SET', 'requirepass', password);
    await client.call('CONFIG', 'REWRITE');
  }
  for (const node of ofKind(nodes, 'sentinel')) {
    const client = observer.client(node);
    await client.call('ACL', 'SETUSER', 'default', 'resetpass', `>${password}`);
    await client.call('SENTINEL', 'FLUSHCONFIG');
  }
}
