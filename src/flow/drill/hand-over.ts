import { whyAway, whyNotAble, whyNotLevel } from '../../drill/hand-over.js';
import { parseRedis } from '../../health/parse-info.js';
import { RsentError } from '../../model/errors.js';
import type { RedisFacts } from '../../model/observation.js';
import { addressText, ofKind } from '../../model/topology.js';
import { REDIS_QUESTIONS } from '../../redis/ask.js';
import { isErrorReply } from '../../redis/client.js';
import type { Target } from '../observe.js';
import { NEVER, waitFor } from '../wait.js';
import { type Hold, holdWrites } from './hold.js';
import {
  type HandOverScene,
  type Moments,
  type Outcome,
  sentinelViews,
  successor,
} from './scene.js';
import { seeThrough } from './see-through.js';

/** Writers wait no longer than this; after that they are refused. */
const LONGEST_PAUSE_MS = 10_000;
const POLL_MS = 10;
const LOOK_MS = 100;
/** Beyond down-after: a Sentinel's own ticks, and a slow machine. */
const MISSED_MS = 5000;

/**
 * The planned hand-over, without losing a write: stop writes on the master, let every replica catch
 * up to the last byte, have Sentinel promote one, and turn the old master into its replica at
 * once. By SENTINEL FAILOVER alone the old master would take writes for 11 s more and lose them.
 * Once a Sentinel may have accepted the failover, the old master takes writes again only when it is
 * certain that no promotion comes; if rsent is killed, it goes on refusing them.
 * @throws RsentError `refused` when it is not begun: no Sentinel is able, or a replica is behind;
 * `unhealthy` when the Sentinel gave it up, or has not ended it in time
 */
export async function handOver(scene: HandOverScene, moments: Moments): Promise<Outcome> {
  const { context, master, observer, record } = scene;
  const leader = await ableSentinel(scene);
  await awaitAllThere(scene, leader);
  const pauseMs = pauseTime(scene.downAfterMs);
  context.progress.stage('Holding writes back until the replicas have them all');
  const faultAt = Date.now();
  const { minReplicas } = record.spec.guard;
  const hold = await holdWrites(observer.client(master), pauseMs, minReplicas);
  try {
    await awaitLevel(scene, leader, faultAt + pauseMs / 2);
    await hold.keep();
    // The pause may have ended before the hold was kept.
    await awaitLevel(scene, leader, faultAt + pauseMs / 2);
    context.progress.stage(`Asking ${leader.name} for the failover`);
    moments.begin(faultAt, leader.name);
    await request(scene, leader);
  } catch (error) {
    await release(scene, hold);
    throw error;
  }
  const promoted = await seeThrough(scene, leader, () => release(scene, hold));
  const rejoinedAt = await demote(scene, promoted, hold);
  if (rejoinedAt !== undefined) moments.rejoined(rejoinedAt);
  context.progress.done(`${promoted.name} is the new master, ${master.name} its replica`);
  const rejoined = rejoinedAt === undefined ? {} : { rejoinedAt };
  return { faultAt, zero: 'asked', promoted, requestedOf: leader.name, ...rejoined };
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
 * @throws RsentError `refused` with what is against each when there is none
 */
export async function ableSentinel(scene: HandOverScene): Promise<Target> {
  const { record, expectation, master } = scene;
  const views = await sentinelViews(scene);
  const reasons: string[] = [];
  for (const node of ofKind(record.placement.nodes, 'sentinel')) {
    const view = views.get(node.name);
    const why = view === undefined ? 'does not answer' : whyNotAble(view, master.address);
    if (why === undefined) return node;
    reasons.push(`  - ${node.name} ${why}`);
  }
  throw new RsentError(
    'refused',
    `No Sentinel could carry out a failover now:\n${reasons.join('\n')}`,
    { hint: `Nothing was changed. rsent status ${expectation.topology} shows more.` },
  );
}

/**
 * Before writes are held back: a replica that has just gone is missed by its Sentinel only after
 * down-after. One that stays away is a reason to refuse, which `awaitLevel` tells.
 */
async function awaitAllThere(scene: HandOverScene, leader: Target): Promise<void> {
  const deadline = Date.now() + scene.downAfterMs + MISSED_MS;
  const there = async () => {
    const { views, replicas } = await lookAt(scene);
    const known = views.get(leader.name)?.replicas;
    return known !== undefined && whyAway(replicas, known) === undefined ? true : undefined;
  };
  await waitFor(there, { deadline, everyMs: LOOK_MS, signal: scene.context.signal });
}

/** Every replica that could be promoted has the last byte. */
async function awaitLevel(scene: HandOverScene, leader: Target, deadline: number): Promise<void> {
  let why = 'it was not looked at in time';
  const level = await waitFor(
    async () => {
      const found = await whyNotYet(scene, leader);
      why = found ?? why;
      return found === undefined ? true : undefined;
    },
    { deadline, everyMs: POLL_MS, signal: scene.context.signal },
  );
  if (level) return;
  throw new RsentError(
    'refused',
    `The hand-over was not begun, as it could lose a write: ${why}.`,
    {
      hint: 'Nothing was changed, and writes go on as before. Try again when there is less load, or with a longer down-after.',
    },
  );
}

async function whyNotYet(scene: HandOverScene, leader: Target): Promise<string | undefined> {
  const { views, old, replicas } = await lookAt(scene);
  const view = views.get(leader.name);
  if (view === undefined) return `${leader.name} does not answer`;
  const why = whyNotAble(view, scene.master.address);
  return why === undefined ? whyNotLevel(old, replicas, view.replicas) : `${leader.name} ${why}`;
}

/** What all nodes say at this moment. */
async function lookAt(scene: HandOverScene) {
  const { observer, record, master } = scene;
  const redis = ofKind(record.placement.nodes, 'redis');
  const ask = async (node: Target): Promise<{ facts?: RedisFacts }> => {
    const answer = parseRedis(await observer.client(node).ask(REDIS_QUESTIONS));
    return answer.reached ? { facts: answer.facts } : {};
  };
  const [views, seen] = await Promise.all([
    sentinelViews(scene),
    Promise.all(redis.map(async (node) => ({ ...node, ...(await ask(node)) }))),
  ]);
  const old = seen.find(({ name }) => name === master.name)?.facts;
  return { views, old, replicas: seen.filter(({ name }) => name !== master.name) };
}

/**
 * Ask for the failover. No answer may be a late one: then the Sentinel may have accepted it.
 * @throws RsentError `refused` when it was not accepted
 */
async function request({ observer, expectation }: HandOverScene, leader: Target): Promise<void> {
  const { reply } = await observer
    .client(leader)
    .ask({ reply: ['SENTINEL', 'FAILOVER', expectation.masterName] });
  if (reply.ok) return;
  // INPROG declines nothing: a failover is under way, and writes are held back for that one as well.
  const isDeclined = isErrorReply(reply.error) && !/^-?INPROG\b/.test(reply.error);
  if (!isDeclined && reply.error !== 'connection refused') return;
  throw new RsentError('refused', `${leader.name} did not accept the failover: ${reply.error}.`, {
    hint: `Nothing was changed, and writes go on as before. rsent status ${expectation.topology} shows more.`,
  });
}

/** Writes go on as before. */
async function release(scene: HandOverScene, hold: Hold): Promise<void> {
  const isLifted = await hold.lift();
  await hold.resume();
  if (!isLifted) warnOfHold(scene);
}

function warnOfHold({ context, master, expectation }: HandOverScene): void {
  context.progress.warn(
    `${master.name} does not answer, and may go on refusing writes: rsent up ${expectation.topology} puts min-replicas-to-write back`,
  );
}

/**
 * The old master becomes a replica of the new one, and those who were connected look for the master.
 * @returns when it was one in sync; undefined when it was not seen
 */
async function demote(
  scene: HandOverScene,
  promoted: Target,
  hold: Hold,
): Promise<number | undefined> {
  const { context, observer, master } = scene;
  const old = observer.client(master);
  const { ip, port } = promoted.address;
  const told = await waitFor(
    async () => {
      const { reply } = await old.ask({ reply: ['REPLICAOF', ip, port] });
      return reply.ok ? true : undefined;
    },
    { deadline: Date.now() + LONGEST_PAUSE_MS, everyMs: POLL_MS, signal: NEVER },
  );
  // It goes on refusing writes until Sentinel makes it a replica.
  if (told === undefined) {
    warnOfHold(scene);
    return undefined;
  }
  const isLifted = await hold.lift();
  const rejoinedAt = await awaitReplica(scene, promoted);
  context.progress.stage('Waiting for the Sentinels to tell clients');
  await awaitTold(scene);
  await hold.resume();
  // Clients look for the master again; the conf keeps the new role over a restart.
  await old.ask({ rewrite: ['CONFIG', 'REWRITE'], kill: ['CLIENT', 'KILL', 'TYPE', 'normal'] });
  if (!isLifted) warnOfHold(scene);
  return rejoinedAt;
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
