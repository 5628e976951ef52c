import { join } from 'node:path';
import { expectRecord } from '../health/expect.js';
import { masterOf } from '../health/judge.js';
import { readRecord } from '../host/data-home.js';
import type { GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import type { TopologySpec } from '../model/spec.js';
import type { RunningTopology, TopologyRecord } from '../model/topology.js';
import type { Verdict } from '../model/verdict.js';
import { bringUp } from './bring-up.js';
import type { Context } from './context.js';
import { findRunning } from './find.js';
import { getReady } from './ready.js';
import { finishUpgrade } from './upgrade/finish.js';

export interface UpOptions {
  readonly name: string;
  /** The spec, given that of the topology that exists already, if any. Throws when it is illegal. */
  readonly resolve: (existing: TopologySpec | undefined) => TopologySpec;
  /** What of an existing topology cannot be changed to what is asked, a line each. */
  readonly differences: (existing: TopologySpec, asked: TopologySpec) => readonly string[];
  /** The password that the user gave; one is made when there is none. */
  readonly password?: string;
  /** The certificate that the user gave, checked. */
  readonly certificate?: GivenCertificate;
  readonly timeoutMs: number;
  /** Undo what this run created when it fails. */
  readonly rollback: boolean;
  /** Watch two hello periods for anything that moves. */
  readonly soak: boolean;
  readonly dryRun: boolean;
  /** Make all containers and confs anew, with the data that is there. */
  readonly recreate: boolean;
}

export interface UpResult {
  readonly record: TopologyRecord;
  readonly plan: Plan;
  /** What was not as it should be before, a line each. */
  readonly found: readonly string[];
  /** Present unless it was a dry run. */
  readonly proof?: {
    readonly verdict: Verdict;
    readonly master: string;
    readonly elapsedMs: number;
  };
}

/**
 * Bring a topology to its spec and prove that it is healthy.
 * @throws RsentError `spec`, `engine`, `topology` when it cannot start; `unhealthy` when it did not
 * become healthy in time; `interrupted`. What this run created is then undone.
 */
export async function up(context: Context, options: UpOptions): Promise<UpResult> {
  const started = Date.now();
  const [existing, running] = await Promise.all([
    readRecord(context.home, options.name),
    findRunning(context.engine, options.name),
  ]);
  rejectForeign(running, existing, context);
  const asked = options.resolve(existing?.spec);
  if (existing !== undefined) rejectDifferences(existing.spec, asked, options);

  const given = { ...options, touching: !options.dryRun };
  const ready = await getReady(context, asked, existing, given);
  const begins = options.recreate && existing ? { begins: { remaking: true } as const } : {};
  const brought = await bringUp(context, { ...ready, existing, ...begins }, options);
  const { plan, found } = brought;
  if (brought.judged === undefined) return { record: brought.record, plan, found };
  const record = await finishUpgrade(context, brought.record, options.timeoutMs);
  const master = masterOf(expectRecord(record), brought.judged.observation) ?? '';
  const proof = { verdict: brought.judged.verdict, master, elapsedMs: Date.now() - started };
  return { record, plan, found, proof };
}

/** Containers of this name that another data home knows: two records of one thing would disagree. */
function rejectForeign(
  running: RunningTopology,
  existing: TopologyRecord | undefined,
  context: Context,
): void {
  const elsewhere = running.nodes.find(
    ({ directory }) => directory !== join(context.home, running.name),
  );
  if (elsewhere === undefined && (existing !== undefined || running.nodes.length === 0)) return;
  const where = elsewhere?.directory ?? 'a place that is gone';
  throw new RsentError(
    'topology',
    `A topology named ${running.name} exists already, with its data in ${where}.`,
    {
      hint: `Use another name, or name its data home with --data-dir, or remove it: rsent down ${running.name}.`,
    },
  );
}

function rejectDifferences(existing: TopologySpec, asked: TopologySpec, options: UpOptions): void {
  const lines = options.differences(existing, asked);
  if (lines.length === 0) return;
  const list = lines.map((line) => `  - ${line}`).join('\n');
  throw new RsentError(
    'topology',
    `${existing.name} exists already, and differs from what is asked:\n${list}`,
    {
      hint: `rsent up ${existing.name} without these brings it up as it is. To make it anew, and lose its data: rsent down ${existing.name} --volumes.`,
    },
  );
}
