import { judge, maySettle, verdictOf } from '../health/judge.js';
import { isNew, lasting } from '../health/lasting.js';
import { HELLO_PERIOD_MS } from '../model/constants.js';
import type { Observation } from '../model/observation.js';
import type { Expectation, Finding, Verdict } from '../model/verdict.js';
import type { Look, Observer } from './observe.js';
import { type Patience, untilNoHeadway } from './patience.js';
import { type WaitOptions, waitFor } from './wait.js';

/** A verdict and the look it rests on. */
export interface Judged {
  readonly observation: Observation;
  readonly verdict: Verdict;
}

/** How long a single look may be repeated before what merely settles counts as a finding. */
const SETTLE_MS = 400;
const LOOK_AGAIN_MS = 50;

/** What is seen in the look that counts only, and does not change while one waits. */
const MADE_OTHERWISE = 'container-differs';

/** What does not mend itself, however long one waits, once it has stayed for this long (ms). */
const HOPELESS = ['nodes-isolated', 'nodes-masqueraded', MADE_OTHERWISE];
const HOPELESS_MS = 6000;

/** True for a finding that no waiting mends; a node that may only be busy is one that may settle. */
export function isHopeless({ code, settling }: Finding): boolean {
  return HOPELESS.includes(code) || (code === 'node-frozen' && settling !== true);
}

export interface HealthWait extends Omit<WaitOptions, 'deadline'> {
  readonly patience: Patience;
  /**
   * Called when nothing but the shortened ping period of the boot can be left to mend, until it has
   * gone well once: a Sentinel that does not say its period in time may have the short one.
   */
  readonly calm?: (seen: Observation) => Promise<boolean>;
  /** @param headway what nodes are at that takes its time, a text each */
  readonly onRound: (verdict: Verdict, headway: readonly string[]) => void;
  /** Called in each round; what it throws ends the wait. */
  readonly check?: (observation: Observation) => Promise<void>;
  /** Ends the wait although something is wrong still. */
  readonly goodEnough?: (verdict: Verdict) => boolean;
}

/**
 * The first round in which all holds, every Sentinel saving its conf included; or, at the
 * deadline, the last round with its findings.
 */
export async function awaitHealthy(
  observer: Observer,
  expectation: Expectation,
  wait: HealthWait,
): Promise<Judged> {
  let last: Judged | undefined;
  const isLost = lostForGood();
  const isCalm = calming(wait);
  await waitFor(
    async () => {
      last = await lookOnce(observer, expectation, {});
      wait.onRound(last.verdict, headways(last.observation, wait.patience));
      await wait.check?.(last.observation);
      // Whoever knows what is good enough bears with what was wrong before.
      if (wait.goodEnough === undefined && isLost(last.verdict)) return last;
      const errors = last.verdict.findings.filter(({ severity }) => severity === 'error');
      const enough = wait.goodEnough?.(last.verdict) === true;
      if (!enough && errors.some(({ code }) => code !== 'ping-period')) return;
      if (!(await isCalm(errors.length > 0, last.observation))) return;
      last = await lookOnce(observer, expectation, { flush: true });
      const isEnd = last.verdict.healthy || wait.goodEnough?.(last.verdict);
      return isEnd || isMadeOtherwise(last.verdict) ? last : undefined;
    },
    untilNoHeadway(wait, wait.patience),
  );
  return last ?? lookOnce(observer, expectation, { flush: true });
}

/** Whether all that is wrong is how containers were made, or changed since. */
function isMadeOtherwise({ findings }: Verdict): boolean {
  const errors = findings.filter(({ severity }) => severity === 'error');
  return errors.length > 0 && errors.every(({ code }) => code === MADE_OTHERWISE);
}

/** Whether what no waiting mends has been there for long enough, by verdicts one after the other. */
function lostForGood(): (verdict: Verdict) => boolean {
  let since: number | undefined;
  return ({ findings }) => {
    since = findings.some(isHopeless) ? (since ?? Date.now()) : undefined;
    return since !== undefined && Date.now() - since > HOPELESS_MS;
  };
}

/** Puts the boot behind it, until that has gone well, and again where it is seen to be needed. */
function calming({ calm }: HealthWait): (isNeeded: boolean, seen: Observation) => Promise<boolean> {
  let isDone = calm === undefined;
  return async (isNeeded, seen) => {
    if (calm !== undefined && (isNeeded || !isDone)) isDone = await calm(seen);
    return isDone;
  };
}

/** Tells the patience what data nodes are at; gives it in words. */
function headways({ nodes }: Observation, patience: Patience): string[] {
  return nodes.flatMap((node) => {
    const headway =
      node.kind === 'redis' && node.answer.reached ? node.answer.facts.headway : undefined;
    if (headway === undefined) return [];
    patience.sees(node.name, headway);
    return [`${node.name}: ${headway.text}`];
  });
}

/**
 * The verdict of this moment. A PING that happens to be under way looks like a fault for an
 * instant: what may be mere settling is looked at again for a short while, whatever else is wrong.
 */
export async function judgeNow(
  observer: Observer,
  expectation: Expectation,
  signal: AbortSignal,
  look: Look,
): Promise<Judged> {
  let last = await lookOnce(observer, expectation, look);
  let before: Judged | undefined;
  const deadline = Date.now() + SETTLE_MS;
  await waitFor(
    async () => {
      if (!maySettle(last.verdict)) return last;
      before = last;
      last = await lookOnce(observer, expectation, look);
      return maySettle(last.verdict) ? undefined : last;
    },
    { deadline, everyMs: LOOK_AGAIN_MS, signal },
  );
  // What has only just come is looked at once more, however late it is.
  if (isNew(before?.verdict.findings, last.verdict.findings)) {
    before = last;
    last = await lookOnce(observer, expectation, look);
  }
  return { ...last, verdict: withoutPassing(before?.verdict, last.verdict) };
}

/** A reading of one moment is not told; where nobody takes writes everything is. */
function withoutPassing(before: Verdict | undefined, now: Verdict): Verdict {
  if (now.state === 'down') return now;
  return verdictOf(lasting(before?.findings, now.findings), false);
}

/**
 * Keep looking for two hello periods: the worst verdict seen, or a healthy one when nothing moved
 * (master, configuration epoch and every finding stayed as they were).
 */
export async function soak(
  observer: Observer,
  expectation: Expectation,
  first: Judged,
  signal: AbortSignal,
  look: Look = { flush: true },
): Promise<Judged> {
  const deadline = Date.now() + 2 * HELLO_PERIOD_MS + 500;
  const moved = await waitFor(
    async () => {
      const seen = await judgeNow(observer, expectation, signal, {});
      if (seen.verdict.healthy && movement(first.observation, seen.observation) === '') return;
      return withMovement(first.observation, seen, expectation.topology);
    },
    { deadline, everyMs: 250, signal },
  );
  return moved ?? judgeNow(observer, expectation, signal, look);
}

async function lookOnce(observer: Observer, expectation: Expectation, look: Look): Promise<Judged> {
  const observation = await observer.look(look);
  return { observation, verdict: judge(expectation, observation) };
}

function withMovement(before: Observation, seen: Judged, topology: string): Judged {
  const saw = movement(before, seen.observation);
  if (saw === '') return seen;
  const finding = {
    code: 'not-stable',
    severity: 'error',
    subject: topology,
    saw,
    expected: 'nothing moves within two hello periods',
    fix: 'look again; if it keeps moving, the Sentinels do not reach each other or the nodes reliably',
  } as const;
  const { state, findings } = seen.verdict;
  return { ...seen, verdict: verdictOf([finding, ...findings], state === 'down') };
}

/** What changed between two looks that must not change in a quiet topology; '' when nothing did. */
function movement(before: Observation, after: Observation): string {
  const changes: string[] = [];
  for (const node of after.nodes) {
    const earlier = before.nodes.find((each) => each.name === node.name);
    const [was, is] = [keyFacts(earlier), keyFacts(node)];
    if (was !== is) changes.push(`${node.name}: ${was} became ${is}`);
  }
  return changes.join('; ');
}

function keyFacts(node: Observation['nodes'][number] | undefined): string {
  if (!node?.answer.reached) return 'no answer';
  if (node.kind === 'redis') {
    const { facts } = node.answer;
    return `${facts.role}, run id ${facts.server.runId.slice(0, 8)}`;
  }
  const { handsOut, master } = node.answer.facts;
  const epoch = master.reached ? master.facts.configEpoch : '?';
  return `master ${handsOut?.ip}:${handsOut?.port}, epoch ${epoch}`;
}
