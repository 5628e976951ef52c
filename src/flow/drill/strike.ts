import { setTimeout as sleep } from 'node:timers/promises';
import { proofMs } from '../../drill/expected.js';
import { explain } from '../../drill/explain.js';
import type { FaultKind } from '../../model/drill.js';
import { messageOf, RsentError } from '../../model/errors.js';
import type { SentinelEvent } from '../../model/timeline.js';
import type { Target } from '../observe.js';
import { isGivenUp, NEVER, waitFor } from '../wait.js';
import { awaitBack } from './bring-back.js';
import { FAULTS } from './faults.js';
import { type Moments, type Outcome, type Scene, successor } from './scene.js';

/** Beyond what Sentinel itself needs: its elections, ticks and a slow machine. */
const PATIENCE_MS = 20_000;
/** After a fault ended by itself: time for an attempt that was about to start. */
const AFTER_END_MS = 3000;
const POLL_MS = 50;

/**
 * Make a fault, wait for what the Sentinels make of it, and bring every node back: an old master
 * as a replica of its successor. Whatever happens in between, they are brought back.
 * @param forMs how long the fault lasts; until something came of it, or plainly nothing did,
 *   when not said
 */
export async function strike(
  scene: Scene,
  moments: Moments,
  kind: FaultKind,
  forMs: number | undefined,
): Promise<Outcome> {
  const { context, master, struck } = scene;
  const ending = new AbortController();
  const { name } = scene.record.spec;
  const ended = context.pending?.begin({
    what: `${namesOf(struck)} may not be back (${kind}).`,
    remedy: `rsent up ${name} brings every node back.`,
  });
  let back = false;
  try {
    const { faultAt, zero } = await inflict(scene, kind);
    moments.begin(faultAt);
    const timed = forMs === undefined ? undefined : endAfter(scene, kind, forMs, ending);
    const promoted = await awaitPromotion(scene, faultAt, timed);
    context.progress.stage(`Bringing ${namesOf(struck)} back`);
    await (timed?.over ?? endAll(scene, kind, promoted));
    const times = await allBack(scene, promoted, context.signal);
    back = true;
    const rejoinedAt = promoted === undefined ? undefined : times.get(master.name);
    if (rejoinedAt !== undefined) moments.rejoined(rejoinedAt);
    context.progress.done(`${namesOf(struck)} ${struck.length > 1 ? 'are' : 'is'} back`);
    const base = { faultAt, zero, ...(rejoinedAt === undefined ? {} : { rejoinedAt }) };
    return promoted === undefined ? { ...base, failure: whyNot(scene) } : { ...base, promoted };
  } finally {
    ending.abort();
    if (!back && !isGivenUp(context.signal)) await putBack(scene, kind);
    ended?.();
  }
}

/** On all at once, on the master last: it must find the others gone already. */
async function inflict(scene: Scene, kind: FaultKind): Promise<Pick<Outcome, 'faultAt' | 'zero'>> {
  const { context, master, struck, observer } = scene;
  const fault = FAULTS[kind];
  context.progress.stage(`${fault.doing} ${namesOf(struck)}`);
  const closings = await Promise.all(
    struck.map(async (node) => [node.name, await observer.client(node).onClose()] as const),
  );
  const hit = async (node: Target) => {
    scene.faults.push({ node: node.name, kind, fromAt: Date.now() });
    await fault.inflict(scene, node);
  };
  await Promise.all(struck.filter(({ name }) => name !== master.name).map(hit));
  await Promise.all(struck.filter(({ name }) => name === master.name).map(hit));
  // The connection breaks when the process dies; the engine answers somewhat later.
  const answeredAt = Date.now();
  const decisive = closings.find(([name]) => name === master.name) ?? closings[0];
  const closedAt = decisive?.[1].at();
  context.progress.done(`${fault.done} ${namesOf(struck)}`);
  return closedAt === undefined
    ? { faultAt: answeredAt, zero: 'engine answered' }
    : { faultAt: closedAt, zero: 'connection closed' };
}

/** A fault that ends by the clock, whatever the Sentinels have done by then. */
interface Timed {
  readonly over: Promise<void>;
  /** When it ended (Date.now(), ms); undefined while it lasts. */
  endedAt(): number | undefined;
}

function endAfter(scene: Scene, kind: FaultKind, forMs: number, ending: AbortController): Timed {
  let endedAt: number | undefined;
  const over = sleep(forMs, undefined, { signal: ending.signal }).then(
    async () => {
      await endAll(scene, kind, undefined);
      endedAt = Date.now();
      scene.context.progress.note('The fault is over.');
    },
    () => undefined,
  );
  // It is awaited only later; until then a failure must not end the process.
  over.catch(() => undefined);
  return { over, endedAt: () => endedAt };
}

/** The master first: Sentinels that come back while it is away would replace it. */
async function endAll(scene: Scene, kind: FaultKind, promoted: Target | undefined): Promise<void> {
  const { master, struck } = scene;
  const present = promoted ?? master;
  const end = async (node: Target) => {
    await FAULTS[kind].end(scene, node, present);
    const i = scene.faults.findLastIndex((span) => span.node === node.name);
    const span = scene.faults[i];
    if (span !== undefined) scene.faults[i] = { ...span, toAt: Date.now() };
  };
  if (struck.some(({ name }) => name === master.name)) {
    await end(master);
    const others = struck.length > 1;
    if (others) await awaitBack(scene, master, present, scene.context.signal);
  }
  await Promise.all(struck.filter(({ name }) => name !== master.name).map(end));
}

/** When each was back in its place, by its name. */
async function allBack(
  scene: Scene,
  promoted: Target | undefined,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const present = promoted ?? scene.master;
  return new Map(
    await Promise.all(
      scene.struck.map(
        async (node) => [node.name, await awaitBack(scene, node, present, signal)] as const,
      ),
    ),
  );
}

/** The node that every reachable Sentinel calls master now, once no failover runs any more. */
async function awaitPromotion(
  scene: Scene,
  faultAt: number,
  timed: Timed | undefined,
): Promise<Target | undefined> {
  const { record, context, downAfterMs, expected } = scene;
  const none = expected === 'no failover';
  context.progress.stage(
    none
      ? 'Waiting to see that nothing comes of it'
      : `Waiting for the Sentinels (they notice after ${downAfterMs} ms)`,
  );
  const patience = downAfterMs + 2 * record.spec.timing.failoverTimeoutMs + PATIENCE_MS;
  const deadline = faultAt + (none && timed === undefined ? proofMs(downAfterMs) : patience);
  let told: SentinelEvent | undefined;
  const answer = await waitFor(
    async () => {
      const abort = scene.events.findLast(({ channel }) => channel.startsWith('-failover-abort'));
      if (abort !== undefined && abort !== told) {
        told = abort;
        context.progress.note(`No failover yet: ${whyNot(scene)}`);
      }
      const promoted = await successor(scene);
      if (promoted !== undefined) return { promoted };
      return isMissed(scene, timed) ? {} : undefined;
    },
    { deadline, everyMs: POLL_MS, signal: context.signal },
  );
  const promoted = answer?.promoted;
  const nothing = none ? 'No failover happened, as expected' : 'No failover happened';
  context.progress.done(promoted ? `${promoted.name} is the new master` : nothing);
  return promoted;
}

/** The fault ended before any Sentinel tried: nobody will be promoted any more. */
function isMissed({ events }: Scene, timed: Timed | undefined): boolean {
  const endedAt = timed?.endedAt();
  const tried = events.some(({ channel }) => channel === '+try-failover');
  return endedAt !== undefined && !tried && Date.now() > endedAt + AFTER_END_MS;
}

function whyNot({ events, record }: Scene): string {
  const { why, nextAttemptAt } = explain(events, record.spec.timing.failoverTimeoutMs);
  if (nextAttemptAt === undefined) return why;
  const at = new Date(nextAttemptAt).toLocaleTimeString('en-GB');
  return `${why}; Sentinel tries again at ${at} at the latest`;
}

/** On the way out of a failure or an interruption: nothing may stay broken. */
async function putBack(scene: Scene, kind: FaultKind): Promise<void> {
  const { context, struck } = scene;
  context.progress.stage(`Putting ${namesOf(struck)} back`);
  const promoted = await successor(scene).catch(() => undefined);
  try {
    await endAll({ ...scene, context: { ...context, signal: NEVER } }, kind, promoted);
    await allBack(scene, promoted, NEVER);
  } catch (error) {
    const { name } = scene.record.spec;
    const left = scene.faults.filter(({ toAt }) => toAt === undefined).map(({ node }) => node);
    throw new RsentError(
      'engine',
      `The drill was cut short, and left this behind: ${left.length > 0 ? left.join(', ') : namesOf(struck)} (${kind}). ${messageOf(error)}`,
      { hint: `rsent up ${name} brings every node back; its data is where it was.`, cause: error },
    );
  }
  context.progress.done(`${namesOf(struck)} ${struck.length > 1 ? 'are' : 'is'} back`);
}

function namesOf(nodes: readonly Target[]): string {
  return nodes.map(({ name }) => name).join(', ');
}
