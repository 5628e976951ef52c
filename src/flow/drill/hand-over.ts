import { parseRedis, roleOf } from '../../health/parse-info.js';
import { RsentError } from '../../model/errors.js';
import { addressText, ofKind } from '../../model/topology.js';
import { REDIS_QUESTIONS } from '../../redis/ask.js';
import type { NodeClient } from '../../redis/client.js';
import type { Target } from '../observe.js';
import { NEVER, waitFor } from '../wait.js';
import { type HandOverScene, type Moments, type Outcome, successor } from './scene.js';

/** Clients wait no longer than this, whatever happens to rsent meanwhile. */
const LONGEST_PAUSE_MS = 10_000;
const POLL_MS = 10;
/** More replicas than any master has. */
const MORE_THAN_ANY = 1_000_000;

/**
 * The planned hand-over, without losing a write: stop writes on the master, let a replica catch
 * up to the last byte, have Sentinel promote it, and turn the old master into its replica at
 * once. By SENTINEL FAILOVER alone the old master would take writes for 11 s more and lose them.
 */
export async function handOver(scene: HandOverScene, moments: Moments): Promise<Outcome> {
  const { context, master, observer } = scene;
  const { progress } = context;
  const old = observer.client(master);
  const leader = await ableSentinel(scene);
  const pauseMs = pauseTime(scene.downAfterMs);

  progress.stage('Holding writes back until a replica has them all');
  const faultAt = Date.now();
  const release = await holdWrites(old, pauseMs);
  try {
    await awaitCaughtUp(scene, faultAt + pauseMs / 2);
    progress.stage(`Asking ${leader.name} for the failover`);
    moments.begin(faultAt, leader.name);
    await observer.client(leader).call('SENTINEL', 'FAILOVER', scene.expectation.masterName);

    // Once asked for, it is seen through: half a hand-over is two masters.
    const promoted = await awaitMaster(scene, faultAt + pauseMs);
    await old.call('REPLICAOF', promoted.address.ip, promoted.address.port);
    const rejoinedAt = await awaitReplica(scene, promoted);
    if (rejoinedAt !== undefined) moments.rejoined(rejoinedAt);
    progress.stage('Waiting for the Sentinels to tell clients');
    await awaitTold(scene);
    progress.done(`${promoted.name} is the new master, ${master.name} its replica`);
    const rejoined = rejoinedAt === undefined ? {} : { rejoinedAt };
    return { faultAt, zero: 'asked', promoted, requestedOf: leader.name, ...rejoined };
  } finally {
    await release();
    // Clients look for the master anew; the conf keeps the new role over a restart.
    await old.ask({ rewrite: ['CONFIG', 'REWRITE'], kill: ['CLIENT', 'KILL', 'TYPE', 'normal'] });
  }
}

/**
 * No write is accepted from here on, until it is released or the time is over. From 6.2 on
 * writers wait. Before, a pause would stop every command and hide the offset; there they get
 * NOREPLICAS instead, which a client counts as not written.
 */
async function holdWrites(old: NodeClient, pauseMs: number): Promise<() => Promise<void>> {
  const { pause } = await old.ask({ pause: ['CLIENT', 'PAUSE', pauseMs, 'WRITE'] });
  if (pause.ok) return async () => void (await old.ask({ unpause: ['CLIENT', 'UNPAUSE'] }));
  const reply = await old.call('CONFIG', 'GET', 'min-replicas-to-write');
  const usual = Array.isArray(reply) ? Number(reply[1]) : 0;
  await old.call('CONFIG', 'SET', 'min-replicas-to-write', MORE_THAN_ANY);
  return async () => void (await old.call('CONFIG', 'SET', 'min-replicas-to-write', usual));
}

/**
 * Shorter than down-after: while writes wait, the Sentinels' own PUBLISH waits too, and with it
 * their PING on the same link.
 */
function pauseTime(downAfterMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.round(downAfterMs * 0.8));
}

/**
 * A Sentinel that could carry out a failover.
 * @throws RsentError `refused` when there is none
 */
export async function ableSentinel({
  record,
  observer,
  expectation,
}: HandOverScene): Promise<Target> {
  for (const node of ofKind(record.placement.nodes, 'sentinel')) {
    const { check } = await observer
      .client(node)
      .ask({ check: ['SENTINEL', 'CKQUORUM', expectation.masterName] });
    if (check.ok) return node;
  }
  throw new RsentError('refused', 'No Sentinel says that it could carry out a failover.', {
    hint: `Nothing was done. rsent status ${expectation.topology} shows why.`,
  });
}

/** Every linked replica has the last byte; all the same to whichever of them Sentinel selects. */
async function awaitCaughtUp(
  { observer, record, master, context }: HandOverScene,
  deadline: number,
): Promise<void> {
  const redis = ofKind(record.placement.nodes, 'redis');
  const caughtUp = await waitFor(
    async () => {
      const seen = await Promise.all(
        redis.map(async (node) => ({
          node,
          answer: parseRedis(await observer.client(node).ask(REDIS_QUESTIONS)),
        })),
      );
      const facts = (name: string) => {
        const answer = seen.find(({ node }) => node.name === name)?.answer;
        return answer?.reached ? answer.facts : undefined;
      };
      const old = facts(master.name);
      const replicas = redis
        .filter(({ name }) => name !== master.name)
        .map(({ name }) => facts(name))
        .filter((each) => each?.upstream?.linkUp);
      const level = replicas.every((each) => each?.offset === old?.offset);
      return old !== undefined && replicas.length > 0 && level ? true : undefined;
    },
    { deadline, everyMs: POLL_MS, signal: context.signal },
  );
  if (caughtUp) return;
  throw new RsentError(
    'refused',
    'No replica caught up with the master in time; writes go on as before.',
    {
      hint: 'Nothing was changed. Try again when there is less load, or with a longer down-after.',
    },
  );
}

/** The replica says that it is master some 0.8 s before any Sentinel does; so it is asked itself. */
async function awaitMaster(
  { observer, record, master }: HandOverScene,
  deadline: number,
): Promise<Target> {
  const replicas = ofKind(record.placement.nodes, 'redis').filter(
    ({ name }) => name !== master.name,
  );
  const promoted = await waitFor(
    async () => {
      const roles = await Promise.all(
        replicas.map(async (node) => {
          const { role } = await observer.client(node).ask({ role: ['ROLE'] });
          return roleOf(role) === 'master' ? node : undefined;
        }),
      );
      return roles.find((node) => node !== undefined);
    },
    { deadline, everyMs: POLL_MS, signal: NEVER },
  );
  if (promoted !== undefined) return promoted;
  throw new RsentError(
    'unhealthy',
    'Sentinel accepted the failover, but promoted nobody while writes were paused.',
    {
      hint: 'Writes go on; the failover may still complete. rsent status shows where it stands.',
    },
  );
}

async function awaitReplica(
  { observer, master }: HandOverScene,
  promoted: Target,
): Promise<number | undefined> {
  return waitFor(
    async () => {
      const answer = parseRedis(await observer.client(master).ask(REDIS_QUESTIONS));
      const upstream = answer.reached ? answer.facts.upstream : undefined;
      const follows =
        upstream !== undefined && addressText(upstream.master) === addressText(promoted.address);
      return follows && upstream.linkUp ? Date.now() : undefined;
    },
    { deadline: Date.now() + LONGEST_PAUSE_MS, everyMs: POLL_MS, signal: NEVER },
  );
}

async function awaitTold(scene: HandOverScene): Promise<void> {
  const deadline = Date.now() + scene.record.spec.timing.failoverTimeoutMs;
  const told = await waitFor(() => successor(scene), {
    deadline,
    everyMs: 50,
    signal: NEVER,
  });
  if (told === undefined)
    scene.context.progress.warn('not every Sentinel names the new master yet');
}
