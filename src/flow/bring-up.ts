import { isDeepStrictEqual } from 'node:util';
import { expectRecord } from '../health/expect.js';
import { masterOf } from '../health/judge.js';
import { Claims } from '../host/claims.js';
import { readRecord } from '../host/data-home.js';
import { forgetInSync, writeInSync } from '../host/in-sync.js';
import { messageOf } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import type { TopologySpec } from '../model/spec.js';
import type { Placement, RunningTopology, TopologyRecord, Unfinished } from '../model/topology.js';
import { sinceRest } from '../plan/at-rest.js';
import { found } from '../plan/found.js';
import { leftOut } from '../plan/since.js';
import type { UpFacts } from '../plan/up-facts.js';
import type { Led } from '../plan/up-lead.js';
import { upPlan } from '../plan/up-plan.js';
import { markOf, whereFiles } from './at-rest.js';
import { joined, prepare, requireLead } from './calm.js';
import { type Carried, type CarryOutOptions, carryOut } from './carry-out.js';
import { claimPlace } from './claim-place.js';
import type { Context } from './context.js';
import { rejectForeign } from './elsewhere.js';
import { findRunning } from './find.js';
import { gather } from './gather.js';
import type { ReadyImage } from './image.js';
import type { Avoid } from './place-again.js';
import { mayTryElsewhere, placeRecord } from './placing.js';
import { type Begun, remakeRemoved } from './remake-removed.js';
import { renameBack } from './rename-back.js';
import type { KeptSecrets } from './secrets.js';
import type { Seed } from './seed.js';
import { StoppedMeanwhile } from './stopped-meanwhile.js';
import { UnhealthyError } from './unhealthy.js';

/** What a topology is to be. */
export interface Aim {
  readonly spec: TopologySpec;
  /** What is kept of it; undefined for a new one. */
  readonly existing: TopologyRecord | undefined;
  /** What is there of it, where the verb has looked already. */
  readonly running?: RunningTopology;
  /** The same as the verb wants it, where that is not how it is kept. */
  readonly wanted?: TopologyRecord;
  /** What the verb begins, and this ends. */
  readonly begins?: Unfinished;
  /** What a new topology begins with. */
  readonly seed?: Seed | undefined;
  /** Data nodes that are to be given all their data anew. */
  readonly rebuild?: readonly string[] | undefined;
  readonly image: ReadyImage;
  readonly secrets: KeptSecrets;
  /** Where conf and data of a new one are to be, where that was chosen already. */
  readonly storage?: Pick<Placement, 'storage'>;
}

export interface BringUpOptions
  extends Omit<CarryOutOptions, 'secrets' | 'canHasten' | 'dump' | 'before' | 'goesOn'> {
  readonly dryRun: boolean;
}

export interface Brought {
  readonly record: TopologyRecord;
  readonly plan: Plan;
  /** What was not as it should be before, a line each. */
  readonly found: readonly string[];
  /** Absent when it was a dry run. */
  readonly judged?: Carried;
}

/** How often a plan is made anew because someone took a port or a subnet in the meantime. */
const ATTEMPTS = 5;

/**
 * Take a topology from what is there to what is wanted, and prove that it is healthy.
 * @throws RsentError as `carryOut` does; `topology` when there is no place for it
 */
export async function bringUp(
  context: Context,
  aim: Aim,
  options: BringUpOptions,
): Promise<Brought> {
  const claims = new Claims();
  const begun: Begun = {};
  try {
    return await attempts(context, aim, claims, options, begun);
  } catch (error) {
    if (options.rollback) await remakeRemoved(context, aim, begun);
    throw error;
  } finally {
    claims.release();
  }
}

async function attempts(
  context: Context,
  aim: Aim,
  claims: Claims,
  options: BringUpOptions,
  begun: Begun,
): Promise<Brought> {
  const avoid: Avoid = { subnets: [], ports: [], shown: {} };
  let wasStopped = false;
  for (let attempt = 1; ; attempt++) {
    // An attempt that failed may have moved it.
    const again =
      attempt === 1 ? aim : afterAttempt(aim, await readRecord(context.home, aim.spec.name));
    const { record, led, running } = await whereNow(context, again, claims, avoid, options);
    requireLead(aim.spec.name, led);
    const isLast = attempt === ATTEMPTS;
    if (led.is !== 'ready' && !options.dryRun) {
      await prepare(context, led, isLast);
      continue;
    }
    begun.before ??= running;
    begun.record = record;
    try {
      const how = { ...options, before: running, goesOn: !wasStopped && !isLast };
      return await attemptOnce(context, again, record, led, how);
    } catch (error) {
      const isStopped = error instanceof StoppedMeanwhile;
      wasStopped ||= isStopped;
      if (isLast || !(isStopped || mayTryElsewhere(error, record, again.existing, avoid)))
        throw error;
      context.progress.note(nextAttempt(error));
    }
  }
}

/** Why there is another attempt, and which. */
function nextAttempt(error: unknown): string {
  if (error instanceof StoppedMeanwhile) return `${error.message} Going on from there.`;
  const why = error instanceof UnhealthyError ? error.brief : messageOf(error);
  return `${why} Trying elsewhere.`;
}

/** Plan, tell what is found, and carry it out unless it is a dry run. */
async function attemptOnce(
  context: Context,
  aim: Aim,
  record: TopologyRecord,
  led: Exclude<Led, { is: 'nobody' }>,
  options: BringUpOptions & Pick<CarryOutOptions, 'before' | 'goesOn'>,
): Promise<Brought> {
  const { facts } = led;
  const plan = led.is === 'ready' ? upPlan(facts) : joined(led.plan, upPlan(facts));
  const seen = aim.existing === undefined ? [] : found(facts);
  const missed = leftOut(plan).map((line) => `Left out of the conf: ${line}`);
  for (const line of [...seen, ...missed]) context.progress.note(line);
  if (options.dryRun) return { record, plan, found: seen };
  const how = { ...options, secrets: aim.secrets, canHasten: facts.canHasten };
  const judged = await carryOut(context, record, plan, { ...how, dump: aim.seed?.open });
  await noteInSync(context, judged, facts);
  return { record: judged.record, plan, found: seen, judged };
}

/**
 * All is in sync: so all have what the master had before anything started. That only helps to see more
 * later. A server leaves out the end of a file that was cut short: then nothing is noted.
 */
async function noteInSync(
  context: Context,
  { observation, record }: Carried,
  { begins }: UpFacts,
): Promise<void> {
  if (begins === undefined || begins.master !== masterOf(expectRecord(record), observation)) return;
  const node = record.placement.nodes.find(({ name }) => name === begins.master);
  if (node === undefined) return;
  try {
    const where = await whereFiles(context, record);
    const now = await markOf(where, node);
    if (now === undefined || sinceRest(begins.mark, now) === 'less')
      return await forgetInSync(where.directory);
    await writeInSync(where.directory, { schemaVersion: 1, ...begins });
  } catch {
    // What was noted before is true still.
  }
}

/**
 * What is wanted after an attempt that failed. What it has written down holds the change already;
 * where it was undone, the change is still to be made.
 * @param existing the record as it is now
 */
export function afterAttempt(
  { wanted, running: _, ...aim }: Aim,
  existing: TopologyRecord | undefined,
): Aim {
  const isUndone = wanted !== undefined && isDeepStrictEqual(existing, aim.existing);
  return { ...aim, existing, ...(isUndone ? { wanted } : {}) };
}

/** Where the nodes are to be, and all that a plan depends on. */
async function whereNow(
  context: Context,
  aim: Aim,
  claims: Claims,
  avoid: Avoid,
  { dryRun }: BringUpOptions,
): Promise<{ record: TopologyRecord; led: Led; running: RunningTopology }> {
  const { spec, existing, wanted = existing, seed, storage } = aim;
  const begins = { ...aim.begins, ...(seed && { restoring: seed.restoring }) };
  const found = aim.running ?? (await findRunning(context.engine, spec.name, existing));
  rejectForeign(found, existing, context);
  const running = existing && !dryRun ? await renameBack(context, existing, found) : found;
  const choose = () => placeRecord(context, spec, wanted, running, avoid, { begins, storage });
  const { record, why } = await claimPlace(context.engine, running, claims, avoid, choose);
  if (why !== undefined) context.progress.note(formLine(record.placement, why));
  return { record, running, led: await gather(context, { ...aim, record, running }) };
}

function formLine({ form, nodes }: Placement, why: string): string {
  const [first] = nodes;
  const what = {
    bridge: 'a bridge, with an address for every node',
    pod: 'one network namespace for all nodes, on 127.0.0.1',
    announce: `announced as ${first?.address.ip}, a port for every node`,
  }[form];
  return `Network: ${what} (${why})`;
}
