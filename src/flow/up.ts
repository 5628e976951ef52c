import { join } from 'node:path';
import { expectRecord } from '../health/expect.js';
import { masterOf } from '../health/judge.js';
import { readRecord } from '../host/data-home.js';
import { hostAddresses } from '../host/network.js';
import { loadTemplates } from '../host/templates.js';
import type { GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import type { TopologySpec } from '../model/spec.js';
import type { Placement, RunningTopology, TopologyRecord } from '../model/topology.js';
import type { Verdict } from '../model/verdict.js';
import { upPlan } from '../plan/up-plan.js';
import { carryOut } from './carry-out.js';
import { type Context, identityFor } from './context.js';
import { changeLines, converge, liveChange } from './converge.js';
import { findRunning } from './find.js';
import { upSecrets } from './given-certificate.js';
import { removeHelpers } from './helper.js';
import { knowsSentinelDebug, knowsSentinelUsers, prepareImage, type ReadyImage } from './image.js';
import { type Avoid, mayTryElsewhere, placeRecord } from './placing.js';
import type { KeptSecrets } from './secrets.js';
import { isAsleep } from './set.js';
import { chooseStorage, findVolumes } from './storage.js';
import { readKept } from './survey.js';
import type { Told } from './tell.js';
import type { Judged } from './verify.js';

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
}

export interface UpResult {
  readonly record: TopologyRecord;
  readonly plan: Plan;
  /** Present unless it was a dry run. */
  readonly proof?: {
    readonly verdict: Verdict;
    readonly master: string;
    readonly elapsedMs: number;
    /** What was changed on nodes while they ran, a line each. */
    readonly settings: readonly string[];
  };
}

/** How often a plan is made anew because someone took a port or a subnet in the meantime. */
const ATTEMPTS = 5;

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
  const change = existing && liveChange(existing.spec, asked);
  // One that sleeps starts with the change; one that runs gets it when all is well.
  const later = isAsleep(running) ? undefined : change;
  const base = existing && change && !later ? { ...existing, spec: change.spec } : existing;

  // Said before an image is pulled for nothing.
  chooseStorage(context, asked, existing);
  // Left by one that was killed; a dry run touches nothing, and may run beside another rsent.
  if (!options.dryRun) await removeHelpers(context.engine, options.name);
  const secrets = await upSecrets(context, asked, existing !== undefined, options);
  const image = await prepareImage(context, asked.image);
  if (asked.security.acl) requireSentinelUsers(image);
  const spec = { ...asked, image: { ...asked.image, ref: image.ref } };
  const done = await bringUp(context, { spec, existing, base, running, image, secrets }, options);
  const lines = changeLines(change, done.told);
  if (done.judged === undefined) {
    for (const line of lines) context.progress.note(`To be changed: ${line}`);
    return done;
  }
  const { record, plan, judged } = done;
  if (later) await converge(context, options.name, later, options.timeoutMs);
  const master = masterOf(expectRecord(record), judged.observation) ?? '';
  const elapsedMs = Date.now() - started;
  return { record, plan, proof: { verdict: judged.verdict, master, settings: lines, elapsedMs } };
}

/** What is there, what is asked, and what it is made of. */
interface Start {
  readonly spec: TopologySpec;
  readonly existing: TopologyRecord | undefined;
  /** What is to be brought up of it. */
  readonly base: TopologyRecord | undefined;
  readonly running: RunningTopology;
  readonly image: ReadyImage;
  readonly secrets: Awaited<ReturnType<typeof upSecrets>>;
}

interface BroughtUp extends Pick<UpResult, 'record' | 'plan'> {
  readonly told: readonly Told[];
  /** Present unless it was a dry run. */
  readonly judged?: Judged;
}

/** Once, or again and elsewhere when someone was faster. */
async function bringUp(context: Context, start: Start, options: UpOptions): Promise<BroughtUp> {
  const { spec, existing, base, running, image, secrets } = start;
  const avoid: Avoid = { subnets: [], ports: [], shown: {} };
  for (let attempt = 1; ; attempt++) {
    const { record, why } = await placeRecord(context, spec, base, running, avoid);
    if (why !== undefined) context.progress.note(formLine(record.placement, why));
    const plan = await makePlan(context, record, existing, running, image, secrets);
    if (options.dryRun) return { record, plan, told: [] };
    try {
      const judged = await carryOut(context, record, plan, { ...options, secrets });
      return { record, plan, told: judged.told, judged };
    } catch (error) {
      if (attempt === ATTEMPTS || !mayTryElsewhere(error, record, existing, avoid)) throw error;
      context.progress.note(`${(error as Error).message} Trying elsewhere.`);
    }
  }
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

function requireSentinelUsers({ ref, version }: ReadyImage): void {
  if (knowsSentinelUsers(version)) return;
  throw new RsentError(
    'spec',
    `acl is on, and ${ref} holds ${version}, whose Sentinel has no users.`,
    {
      hint: 'Nothing was created. Use an image of Redis 6.2 or later, or --auth without --acl: one password for all.',
    },
  );
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

async function makePlan(
  context: Context,
  record: TopologyRecord,
  existing: TopologyRecord | undefined,
  running: RunningTopology,
  image: ReadyImage,
  { keptPasswords, hasAuthority }: KeptSecrets,
): Promise<Plan> {
  const directory = join(context.home, record.spec.name);
  const volumes = await findVolumes(context, record, directory, existing === undefined);
  const [templates, kept] = await Promise.all([
    loadTemplates(record.spec.templates),
    readKept(record, directory, context.files.of(record)),
  ]);
  const firstMaster = record.placement.nodes[0]?.address;
  const master = kept.master ?? firstMaster;
  if (master === undefined) throw new RsentError('bug', 'A topology without nodes.');
  return upPlan({
    ...identityFor(record.placement),
    record,
    directory,
    templates,
    master,
    server: image.server,
    canHasten: knowsSentinelDebug(image.version),
    keptPasswords,
    hasAuthority,
    hostAddresses: hostAddresses(),
    certified: kept.certified,
    recorded: existing !== undefined && JSON.stringify(existing) === JSON.stringify(record),
    volumes,
    networkExists: running.network !== undefined,
    pod: running.pod,
    containers: new Map(running.nodes.map((node) => [node.name, node.state])),
    cut: new Set(running.nodes.filter(({ cut }) => cut).map(({ name }) => name)),
    keptRedis: kept.redis,
    keptSentinels: kept.sentinels,
    confEdits: kept.confEdits,
  });
}
