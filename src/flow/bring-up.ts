import { join } from 'node:path';
import { readRecord } from '../host/data-home.js';
import { hostAddresses } from '../host/network.js';
import { loadTemplates } from '../host/templates.js';
import { RsentError } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import type { TopologySpec } from '../model/spec.js';
import {
  type Placement,
  type RunningTopology,
  sameAddress,
  type TopologyRecord,
  type Unfinished,
} from '../model/topology.js';
import { found } from '../plan/found.js';
import { leftOut } from '../plan/since.js';
import type { UpFacts } from '../plan/up-facts.js';
import { upPlan } from '../plan/up-plan.js';
import { type Carried, type CarryOutOptions, carryOut } from './carry-out.js';
import { type Context, identityFor } from './context.js';
import { findRunning } from './find.js';
import { knowsSentinelDebug, type ReadyImage } from './image.js';
import type { Avoid } from './place-again.js';
import { mayTryElsewhere, placeRecord } from './placing.js';
import { rejectUnusable } from './reject-unusable.js';
import type { KeptSecrets } from './secrets.js';
import { rejectUnseeded, type Seed } from './seed.js';
import { findVolumes } from './storage.js';
import { readKept } from './survey.js';

/** What a topology is to be. */
export interface Aim {
  readonly spec: TopologySpec;
  /** What is kept of it; undefined for a new one. */
  readonly existing: TopologyRecord | undefined;
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
  const avoid: Avoid = { subnets: [], ports: [], shown: {} };
  for (let attempt = 1; ; attempt++) {
    // An attempt that failed may have moved it.
    const again = attempt === 1 ? aim : await lookAgain(context, aim);
    const { record, facts } = await whereNow(context, again, avoid);
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

async function lookAgain(context: Context, { wanted: _, ...aim }: Aim): Promise<Aim> {
  return { ...aim, existing: await readRecord(context.home, aim.spec.name) };
}

/** Where the nodes are to be, and all that a plan depends on. */
async function whereNow(
  context: Context,
  aim: Aim,
  avoid: Avoid,
): Promise<{ record: TopologyRecord; facts: UpFacts }> {
  const { spec, existing, wanted = existing, seed } = aim;
  const begins = { ...aim.begins, ...(seed && { restoring: seed.restoring }) };
  const running = await findRunning(context.engine, spec.name);
  const { record, why } = await placeRecord(context, spec, wanted, running, avoid, begins);
  if (why !== undefined) context.progress.note(formLine(record.placement, why));
  return { record, facts: await gather(context, record, existing, running, aim) };
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

async function gather(
  context: Context,
  record: TopologyRecord,
  existing: TopologyRecord | undefined,
  running: RunningTopology,
  { image, secrets: { keptPasswords, hasAuthority }, seed }: Aim,
): Promise<UpFacts> {
  const directory = join(context.home, record.spec.name);
  const volumes = await findVolumes(context, record, directory, existing === undefined);
  const [templates, kept] = await Promise.all([
    loadTemplates(record.spec.templates),
    readKept(record, directory, context.files.of(record)),
  ]);
  const [first] = record.placement.nodes;
  if (first === undefined) throw new RsentError('bug', 'A topology without nodes.');
  rejectUnseeded(record, seed !== undefined || kept.redis.has(first.name));
  const isReset = record.unfinished?.resetting === true;
  const facts: UpFacts = {
    ...identityFor(record.placement),
    record,
    directory,
    templates,
    master: (isReset ? undefined : kept.master) ?? first.address,
    ...(seed && { dumpBytes: seed.bytes }),
    server: image.server,
    version: image.version,
    // In the middle of an upgrade some Sentinels may be older than the image.
    canHasten: knowsSentinelDebug(image.version) && record.unfinished?.upgradingFrom === undefined,
    keptPasswords,
    hasAuthority,
    hostAddresses: hostAddresses(),
    certified: kept.certified,
    recorded: existing !== undefined && JSON.stringify(existing) === JSON.stringify(record),
    volumes,
    networkExists: running.network !== undefined,
    pod: running.pod,
    containers: new Map(running.nodes.map((node) => [node.name, node.state])),
    misplaced: misplaced(record, running),
    cut: new Set(running.nodes.filter(({ cut }) => cut).map(({ name }) => name)),
    keptRedis: kept.redis,
    keptSentinels: kept.sentinels,
    epochs: kept.epochs,
    confEdits: kept.confEdits,
  };
  await rejectUnusable(facts, context.files.of(record), kept.lacking);
  return facts;
}

function misplaced({ placement }: TopologyRecord, { nodes }: RunningTopology): Set<string> {
  const off = nodes.filter(({ state }) => ['created', 'exited', 'dead'].includes(state));
  const isElsewhere = ({ name, published }: (typeof off)[number]) =>
    placement.nodes.some((each) => each.name === name && !sameAddress(each.published, published));
  return new Set(off.filter(isElsewhere).map(({ name }) => name));
}
