import { join } from 'node:path';
import { mayPingShort } from '../health/boot-ping.js';
import { expectRecord } from '../health/expect.js';
import { readRecord, writeRecord } from '../host/data-home.js';
import type { FileStore } from '../host/file-store.js';
import { PING_PERIOD_MS } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import type { Observation } from '../model/observation.js';
import type { Plan } from '../model/plan.js';
import { ofKind, type RunningTopology, type TopologyRecord } from '../model/topology.js';
import type { Verdict } from '../model/verdict.js';
import { writesAllConfs } from '../plan/up-confs.js';
import type { Command } from '../redis/client.js';
import { type Actor, apply, type Journal } from './apply.js';
import { brokenDataCheck } from './broken-data.js';
import type { Context } from './context.js';
import { rejectFrozen, untouched } from './frozen.js';
import { Joins } from './joins.js';
import { leave } from './leave.js';
import { Observer } from './observe.js';
import { Patience } from './patience.js';
import { isOneWay, takeBack } from './roll-back.js';
import { accessOf, type Secrets } from './secrets.js';
import type { OpenDump } from './seed.js';
import { settle } from './settle.js';
import type { StepWorld } from './step-world.js';
import { actor } from './steps.js';
import { StoppedMeanwhile, stoppedCheck } from './stopped-meanwhile.js';
import { recordTargets } from './targets.js';
import type { Told } from './tell.js';
import { unhealthy } from './unhealthy.js';
import { awaitHealthy, type HealthWait, type Judged, soak } from './verify.js';
import { isGivenUp } from './wait.js';

export interface CarryOutOptions {
  readonly timeoutMs: number;
  readonly rollback: boolean;
  readonly soak: boolean;
  readonly secrets: Secrets;
  /** What was there of it before this run. */
  readonly before: RunningTopology;
  /** True where another attempt goes on when somebody stops what ran before. */
  readonly goesOn: boolean;
  /** False before 7.0, which has no SENTINEL DEBUG. */
  readonly canHasten: boolean;
  /** The dump of a backup, where the plan needs one. */
  readonly dump?: OpenDump | undefined;
}

/** The proof, and what was put right on single nodes before it. */
export interface Carried extends Judged {
  readonly told: readonly Told[];
  /** As it is kept in the end. */
  readonly record: TopologyRecord;
}

/**
 * Apply the plan, wait until all is proven, and give the proof. On any failure or interruption
 * what this run did is undone, in reverse order, unless the user keeps it for inspection.
 */
export async function carryOut(
  context: Context,
  record: TopologyRecord,
  plan: Plan,
  options: CarryOutOptions,
): Promise<Carried> {
  const targets = recordTargets(record, context.home);
  const files = context.files.of(record);
  const access = accessOf(options.secrets, record.spec.security.acl);
  const observer = new Observer(context.engine, expectRecord(record), targets, access, files);
  const journal: Journal = [];
  try {
    const stays = untouched(record, plan, options.before);
    await rejectFrozen(context.engine, record.spec.name, stays, (node) => observer.client(node));
    await applyPlan(context, record, plan, observer, journal, options);
    // Its last steps may have written that what was begun is done.
    const now = await kept(context, record);
    if (now.unfinished?.leaving)
      await leave(context, now, worldOf(context, now, observer, options), options.canHasten);
    const settled = await kept(context, now);
    // What was written a moment ago from the same spec needs nobody to tell it again.
    const told = writesAllConfs(plan, settled)
      ? []
      : await settle(context, settled, observer, targets, options.secrets);
    const hastened = now.unfinished?.leaving !== undefined || hastens(plan);
    const judged = await prove(context, settled, observer, options, hastened);
    return { ...judged, told, record: await keepProven(context, settled) };
  } catch (error) {
    context.progress.failed();
    if (!(error instanceof StoppedMeanwhile))
      await undo(context, record, plan, observer, journal, options);
    throw await afterUndo(error, context.files.of(record));
  } finally {
    observer.close();
  }
}

async function kept({ home }: Context, record: TopologyRecord): Promise<TopologyRecord> {
  return (await readRecord(home, record.spec.name)) ?? record;
}

/** From now on data that is gone is missed. */
async function keepProven(context: Context, record: TopologyRecord): Promise<TopologyRecord> {
  const now = await kept(context, record);
  if (now.proven) return now;
  const proven = { ...now, proven: true } as const;
  await writeRecord(context.home, proven);
  return proven;
}

async function applyPlan(
  context: Context,
  record: TopologyRecord,
  plan: Plan,
  observer: Observer,
  journal: Journal,
  options: CarryOutOptions,
): Promise<void> {
  if (plan.steps.length === 0) return;
  const started = plan.steps.filter(({ kind }) => kind === 'start-container').length;
  const { progress } = context;
  if (started > 0) progress.stage(`Creating and starting ${started} containers`);
  const { network } = record.placement;
  const isAsked = plan.steps.some(({ kind }) => kind === 'await-address');
  const joins = isAsked ? new Joins(context.engine, network) : undefined;
  const act = actor({ ...worldOf(context, record, observer, options), joins });
  const preparing: Actor = (step) => {
    const done = act(step);
    // The engine is at work now, and rsent has time.
    if (step.kind === 'start-container') observer.prepare();
    return done;
  };
  await apply(plan, preparing, journal, context).finally(() => joins?.close());
  if (started > 0) progress.done(`${started} containers started, replicas in sync`);
}

function worldOf(
  context: Context,
  record: TopologyRecord,
  observer: Observer,
  { secrets, timeoutMs, dump }: CarryOutOptions,
): StepWorld {
  return {
    context,
    record,
    secrets,
    files: context.files.of(record),
    directory: join(context.home, record.spec.name),
    access: accessOf(secrets, record.spec.security.acl),
    client: (node) => observer.client(node),
    patience: new Patience(timeoutMs),
    dump,
  };
}

/** True when it has Sentinels ping more often for as long as it takes. */
function hastens({ steps }: Plan): boolean {
  return steps.some(({ kind }) => kind === 'hasten-sentinel');
}

async function prove(
  context: Context,
  record: TopologyRecord,
  observer: Observer,
  options: CarryOutOptions,
  hastened: boolean,
): Promise<Judged> {
  const { progress, signal } = context;
  const expectation = expectRecord(record);
  const wait = { patience: new Patience(options.timeoutMs), everyMs: 20, signal };
  progress.stage('Waiting for every node to agree');
  const isBroken = brokenDataCheck(context, record);
  const ran = options.before.nodes.filter(({ state }) => options.goesOn && state === 'running');
  const isStopped = stoppedCheck(ran.map(({ name }) => name));
  const check: HealthWait['check'] = async (seen) => {
    await isBroken(seen);
    isStopped(seen);
  };
  // Whom nobody has hurried, and who says so himself, needs not be told.
  const calm = async (seen: Observation) =>
    hastened || mayPingShort(seen) ? restorePingPeriod(record, observer) : true;
  const onRound: HealthWait['onRound'] = (verdict, headway) =>
    progress.detail(headway[0] ?? summaryOf(verdict));
  let judged = await awaitHealthy(observer, expectation, { ...wait, calm, onRound, check });
  if (judged.verdict.healthy && options.soak) {
    progress.stage('Watching two hello periods for anything that moves');
    judged = await soak(observer, expectation, judged, signal);
  }
  if (!judged.verdict.healthy) {
    const isUndone = options.rollback && !isOneWay(record) && options.before.nodes.length === 0;
    const waited = { timeoutMs: options.timeoutMs, isUndone };
    throw await unhealthy(context, record, judged.verdict, waited);
  }
  const { nodes } = record.placement;
  progress.done(`All ${nodes.length} nodes agree; every address that Sentinel hands out answers`);
  return judged;
}

/**
 * Put the ping period back on every Sentinel that has the command. Whether it took is checked by
 * the verifier, too, which reads it from each of them.
 * @returns false when a Sentinel did not answer
 */
async function restorePingPeriod(record: TopologyRecord, observer: Observer): Promise<boolean> {
  const sentinels = ofKind(record.placement.nodes, 'sentinel');
  const command: Command = ['SENTINEL', 'DEBUG', 'ping-period', PING_PERIOD_MS];
  const answers = await Promise.all(
    sentinels.map((node) => observer.client(node).ask({ set: command })),
  );
  // Before 7.0 it says that there is no such command.
  return answers.every(({ set }) => set.ok || /^(ERR|NOPERM)/.test(set.error));
}

async function undo(
  context: Context,
  record: TopologyRecord,
  plan: Plan,
  observer: Observer,
  journal: Journal,
  { rollback, before }: CarryOutOptions,
): Promise<void> {
  if (isGivenUp(context.signal)) return;
  const isUndone = rollback && !isOneWay(record);
  if (!isUndone || journal.length === 0) await restorePingPeriod(record, observer);
  if (isUndone) return takeBack(context, record, plan, journal, before);
  const { name } = record.spec;
  if (isOneWay(record)) context.progress.note(`Not ended: rsent up ${name} goes on with it.`);
  else if (before.nodes.length > 0)
    context.progress.note(`Left as it is; rsent up ${name} goes on from there.`);
  else if (journal.length > 0)
    context.progress.note(`Kept for inspection; rsent down ${name} removes it.`);
}

/** What was rolled back cannot be looked at. */
async function afterUndo(error: unknown, files: FileStore): Promise<unknown> {
  if (!(error instanceof RsentError) || error.file === undefined) return error;
  const text = await files.readText(error.file.path).catch(() => undefined);
  return text === undefined ? error.withoutFile() : error;
}

function summaryOf({ findings }: Verdict): string {
  const [first] = findings;
  if (first === undefined) return 'all agree';
  const more = findings.length > 1 ? `, and ${findings.length - 1} more` : '';
  return `${first.subject}: ${first.saw}${more}`;
}
