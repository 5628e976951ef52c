import { expectRecord } from '../health/expect.js';
import { masterOf } from '../health/judge.js';
import type { GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import type { TopologySpec } from '../model/spec.js';
import { ofKind, type TopologyRecord } from '../model/topology.js';
import type { Verdict } from '../model/verdict.js';
import { bringUp } from './bring-up.js';
import type { Context } from './context.js';
import { changeLines, changeOf, converge } from './converge.js';
import { findOwn, rejectTaken } from './find.js';
import { finishBegun, withoutMended } from './finish-begun.js';
import { rejectUnsaved } from './only-in-memory.js';
import { getReady } from './ready.js';
import { remade } from './remade.js';
import type { Seed } from './seed.js';
import { isAsleep } from './set.js';

export interface UpOptions {
  readonly name: string;
  /** The spec, given that of the topology that exists already, if any. Throws when it is illegal. */
  readonly resolve: (existing: TopologySpec | undefined) => TopologySpec;
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
  /** What variables say, by the names of their flags. */
  readonly variables?: ReadonlyMap<string, string>;
  /** Names of data nodes that are to be given all their data anew by another one. */
  readonly rebuild?: readonly string[];
  /** What a new topology begins with. */
  readonly seed?: Seed;
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
    /** What was changed on nodes while they ran, a line each. */
    readonly settings: readonly string[];
  };
}

/**
 * Bring a topology to its spec and prove that it is healthy.
 * @throws RsentError `spec`, `engine`, `topology` when it cannot start; `unhealthy` when it did not
 * become healthy in time; `interrupted`. What this run created is then undone.
 */
export async function up(context: Context, options: UpOptions): Promise<UpResult> {
  const started = Date.now();
  const { existing, running } = await findOwn(context, options.name);
  await rejectTaken(context, options.name, existing);
  requireRebuildable(options, existing);
  // All nodes end for it, and start with what is in their files.
  if (options.recreate && existing && !options.dryRun && !isAsleep(running))
    await rejectUnsaved(context, existing);
  const asked = options.resolve(existing?.spec);
  const change = existing && changeOf(existing.spec, asked, options.recreate, options.variables);
  // One that sleeps, or is made anew, starts with the change; one that runs gets it when all is well.
  const later = isAsleep(running) || options.recreate ? undefined : change;
  const spec = change === undefined ? existing?.spec : change.spec;
  const ready = await getReady(context, asked, existing, { ...options, touching: !options.dryRun });
  const aim = { ...ready, existing, running, seed: options.seed, rebuild: options.rebuild };
  const brought = await bringUp(
    context,
    existing && spec && !later
      ? { ...aim, wanted: await wantedOf(context, existing, spec, options) }
      : aim,
    options,
  );
  const { plan, found } = brought;
  const lines = changeLines(change, brought.judged?.told ?? []);
  if (brought.judged === undefined) {
    for (const line of lines) context.progress.note(`To be changed: ${line}`);
    return { record: brought.record, plan, found };
  }
  const finished = await finishBegun(context, brought.record, options.timeoutMs);
  if (later) await converge(context, options.name, later, options.timeoutMs);
  const { record } = finished;
  const seen = masterOf(expectRecord(record), brought.judged.observation);
  const proof = {
    verdict: withoutMended(brought.judged.verdict, finished),
    master: finished.master ?? seen ?? '',
    settings: [...lines, ...finished.lines],
    elapsedMs: Date.now() - started,
  };
  return { record, plan, found, proof };
}

/** @throws RsentError `usage` when a name is not that of a data node */
function requireRebuildable(
  { name, rebuild = [] }: UpOptions,
  existing: TopologyRecord | undefined,
): void {
  const nodes = ofKind(existing?.placement.nodes ?? [], 'redis').map((node) => node.name);
  const unknown = rebuild.filter((each) => !nodes.includes(each));
  if (unknown.length === 0) return;
  const known = nodes.length === 0 ? 'it has none yet' : `it has ${nodes.join(', ')}`;
  throw new RsentError('usage', `${name} has no data node named ${unknown.join(', ')}: ${known}.`, {
    hint: 'Nothing was done. --rebuild takes names of data nodes, separated by commas.',
  });
}

async function wantedOf(
  context: Context,
  existing: TopologyRecord,
  spec: TopologySpec,
  { recreate }: UpOptions,
): Promise<TopologyRecord> {
  return recreate ? remade(context, existing, spec) : { ...existing, spec };
}
