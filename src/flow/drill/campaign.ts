import { spreadsOf } from '../../drill/spread.js';
import type { CampaignReport, CampaignRun, DrillReport } from '../../model/drill.js';
import { messageOf, RsentError } from '../../model/errors.js';
import type { Context } from '../context.js';
import { findRecorded } from '../find.js';
import { healthWait } from '../healthy.js';
import { observerOf } from '../targets.js';
import { awaitHealthy } from '../verify.js';
import { drill } from './drill.js';
import type { DrillOptions } from './options.js';

/** One drill of several, with its title. */
export interface Ordered {
  readonly title: string;
  readonly options: DrillOptions;
}

export interface CampaignOptions {
  /** Called before each drill, with its place among all. */
  readonly onBegin: (title: string, nth: number, of: number) => void;
  readonly onEnd: (run: CampaignRun) => void;
  /** The drills are one and the same: how their figures are spread is worth telling. */
  readonly isRepeat: boolean;
}

/**
 * Carry out several drills, one after the other, each on a healthy topology. One that cannot be
 * carried out is told as such, and the others follow.
 * @throws RsentError `interrupted`; what was done until then is put back
 */
export async function campaign(
  context: Context,
  name: string,
  orders: readonly Ordered[],
  { onBegin, onEnd, isRepeat }: CampaignOptions,
): Promise<CampaignReport> {
  const runs: CampaignRun[] = [];
  for (const [i, { title, options }] of orders.entries()) {
    onBegin(title, i + 1, orders.length);
    const isRuined = runs.at(-1)?.report?.passed === false || runs.at(-1)?.error !== undefined;
    const run = await runOne(context, name, title, options, isRuined);
    runs.push(run);
    onEnd(run);
  }
  const reports = runs.flatMap(({ report }) => (report === undefined ? [] : [report]));
  return {
    schemaVersion: 1,
    topology: name,
    runs,
    spreads: isRepeat ? spreadsOf(reports) : [],
    passed: runs.every(({ report }) => report?.passed === true),
  };
}

async function runOne(
  context: Context,
  name: string,
  title: string,
  options: DrillOptions,
  isRuined: boolean,
): Promise<CampaignRun> {
  const { run, thrown } = await tried(context, title, async () => {
    if (isRuined) await restoreHealth(context, name, options.timeoutMs);
    return drill(context, name, options);
  });
  if (thrown !== undefined) context.progress.failed(messageOf(thrown));
  return run;
}

/** What came of a drill, and what it threw. */
export interface Tried {
  readonly run: CampaignRun;
  readonly thrown?: RsentError;
}

/**
 * Carry out a drill, and say what came of it also where it could not be carried out: whatever ended
 * it (a server's error, the engine's), the reports can be written.
 * @throws RsentError `interrupted`
 */
export async function tried(
  { signal }: Pick<Context, 'signal'>,
  title: string,
  act: () => Promise<DrillReport>,
): Promise<Tried> {
  const began = performance.now();
  const tookMs = () => Math.round(performance.now() - began);
  try {
    const report = await act();
    return { run: { title, tookMs: tookMs(), report } };
  } catch (error) {
    const isInterrupted = error instanceof RsentError && error.kind === 'interrupted';
    if (isInterrupted || signal.aborted) throw error;
    // What is not rsent's own error is a server's word, or a broken connection.
    const words = messageOf(error);
    const own = new RsentError('unhealthy', `${title} could not be carried out: ${words}`, {
      cause: error,
    });
    const thrown = error instanceof RsentError ? error : own;
    return { run: { title, tookMs: tookMs(), error: words }, thrown };
  }
}

/** After a drill that went wrong: the next one should not start from its ruins. */
async function restoreHealth(context: Context, name: string, timeoutMs: number): Promise<void> {
  const known = await findRecorded(context, name);
  const { expectation, observer } = observerOf(context, known);
  context.progress.stage('Waiting until the topology is healthy again');
  try {
    await awaitHealthy(observer, expectation, healthWait(context, timeoutMs));
  } finally {
    observer.close();
  }
  context.progress.done();
}
