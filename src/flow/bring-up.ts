import { Claims } from '../host/claims.js';
import { readRecord } from '../host/data-home.js';
import type { Plan } from '../model/plan.js';
import type { TopologySpec } from '../model/spec.js';
import type { Placement, RunningTopology, TopologyRecord, Unfinished } from '../model/topology.js';
import { found } from '../plan/found.js';
import { leftOut } from '../plan/since.js';
import type { UpFacts } from '../plan/up-facts.js';
import { upPlan } from '../plan/up-plan.js';
import { type Carried, type CarryOutOptions, carryOut } from './carry-out.js';
import { claimPlace } from './claim-place.js';
import type { Context } from './context.js';
import { findRunning } from './find.js';
import { gather } from './gather.js';
import type { ReadyImage } from './image.js';
import type { Avoid } from './place-again.js';
import { mayTryElsewhere, placeRecord } from './placing.js';
import type { KeptSecrets } from './secrets.js';
import type { Seed } from './seed.js';

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
  readonly image: ReadyImage;
  readonly secrets: KeptSecrets;
}

export interface BringUpOptions extends Omit<CarryOutOptions, 'secrets' | 'canHasten' | 'dump'> {
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
  try {
    return await attempts(context, aim, claims, options);
  } finally {
    claims.release();
  }
}

async function attempts(
  context: Context,
  aim: Aim,
  claims: Claims,
  options: BringUpOptions,
): Promise<Brought> {
  const avoid: Avoid = { subnets: [], ports: [], shown: {} };
  for (let attempt = 1; ; attempt++) {
    // An attempt that failed may have moved it.
    const again = attempt === 1 ? aim : await lookAgain(context, aim);
    const { record, facts } = await whereNow(context, again, claims, avoid);
    const plan = upPlan(facts);
    const seen = again.existing === undefined ? [] : found(facts);
    const missed = leftOut(plan).map((line) => `Left out of the conf: ${line}`);
    for (const line of [...seen, ...missed]) context.progress.note(line);
    if (options.dryRun) return { record, plan, found: seen };
    try {
      const how = { ...options, secrets: aim.secrets, canHasten: facts.canHasten };
      const judged = await carryOut(context, record, plan, { ...how, dump: aim.seed?.open });
      return { record: judged.record, plan, found: seen, judged };
    } catch (error) {
      const isLast = attempt === ATTEMPTS;
      if (isLast || !mayTryElsewhere(error, record, again.existing, avoid)) throw error;
      context.progress.note(`${(error as Error).message} Trying elsewhere.`);
    }
  }
}

async function lookAgain(context: Context, { wanted: _, running: __, ...aim }: Aim): Promise<Aim> {
  return { ...aim, existing: await readRecord(context.home, aim.spec.name) };
}

/** Where the nodes are to be, and all that a plan depends on. */
async function whereNow(
  context: Context,
  aim: Aim,
  claims: Claims,
  avoid: Avoid,
): Promise<{ record: TopologyRecord; facts: UpFacts }> {
  const { spec, existing, wanted = existing, seed } = aim;
  const begins = { ...aim.begins, ...(seed && { restoring: seed.restoring }) };
  const running = aim.running ?? (await findRunning(context.engine, spec.name));
  const choose = () => placeRecord(context, spec, wanted, running, avoid, begins);
  const { record, why } = await claimPlace(context.engine, running, claims, avoid, choose);
  if (why !== undefined) context.progress.note(formLine(record.placement, why));
  return { record, facts: await gather(context, { ...aim, record, running }) };
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
