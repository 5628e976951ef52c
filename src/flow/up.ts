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
import { findRunning } from './find.js';
import { upSecrets } from './given-certificate.js';
import { removeHelpers } from './helper.js';
import { knowsSentinelDebug, knowsSentinelUsers, prepareImage, type ReadyImage } from './image.js';
import { type Avoid, mayTryElsewhere, placeRecord } from './placing.js';
import type { KeptSecrets } from './secrets.js';
import { isMade, rejectUnseeded, type Seed, withoutSeed, withSeed } from './seed.js';
import { chooseStorage, findVolumes } from './storage.js';
import { readKept } from './survey.js';

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
  /** What a new topology begins with. */
  readonly seed?: Seed;
}

export interface UpResult {
  readonly record: TopologyRecord;
  readonly plan: Plan;
  /** Present unless it was a dry run. */
  readonly proof?: {
    readonly verdict: Verdict;
    readonly master: string;
    readonly elapsedMs: number;
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
  if (existing !== undefined) rejectDifferences(existing.spec, asked, options);

  // Said before an image is pulled for nothing.
  chooseStorage(context, asked, existing);
  // Left by one that was killed; a dry run touches nothing, and may run beside another rsent.
  if (!options.dryRun) await removeHelpers(context.engine, options.name);
  const secrets = await upSecrets(context, asked, isMade(existing), options);
  const image = await prepareImage(context, asked.image);
  if (asked.security.acl) requireSentinelUsers(image);
  const spec = { ...asked, image: { ...asked.image, ref: image.ref } };

  const avoid: Avoid = { subnets: [], ports: [], shown: {} };
  for (let attempt = 1; ; attempt++) {
    const { record: placed, why } = await placeRecord(context, spec, existing, running, avoid);
    const record = withSeed(placed, options.seed);
    if (why !== undefined) context.progress.note(formLine(record.placement, why));
    const plan = await makePlan(context, record, existing, running, image, secrets, options.seed);
    if (options.dryRun) return { record, plan };
    try {
      const judged = await carryOut(context, record, plan, {
        ...options,
        secrets,
        dump: options.seed?.open,
      });
      const master = masterOf(expectRecord(record), judged.observation) ?? '';
      return {
        record: withoutSeed(record),
        plan,
        proof: { verdict: judged.verdict, master, elapsedMs: Date.now() - started },
      };
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

async function makePlan(
  context: Context,
  record: TopologyRecord,
  existing: TopologyRecord | undefined,
  running: RunningTopology,
  image: ReadyImage,
  { keptPasswords, hasAuthority }: KeptSecrets,
  seed: Seed | undefined,
): Promise<Plan> {
  const directory = join(context.home, record.spec.name);
  const volumes = await findVolumes(context, record, directory, existing === undefined);
  const [templates, kept] = await Promise.all([
    loadTemplates(record.spec.templates),
    readKept(record, directory, context.files.of(record)),
  ]);
  const [first] = record.placement.nodes;
  if (first === undefined) throw new RsentError('bug', 'A topology without nodes.');
  rejectUnseeded(record, seed !== undefined || kept.redis.has(first.name));
  return upPlan({
    ...identityFor(record.placement),
    record,
    directory,
    templates,
    master: kept.master ?? first.address,
    ...(seed === undefined ? {} : { dumpBytes: seed.bytes }),
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
  });
}
