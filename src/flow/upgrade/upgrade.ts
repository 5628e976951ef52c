import { messageOf, RsentError } from '../../model/errors.js';
import type { Plan } from '../../model/plan.js';
import type { TopologyRecord } from '../../model/topology.js';
import type { Stage, UpgradeReport } from '../../model/upgrade.js';
import type { ImageNature } from '../../plan/formats.js';
import { rollStages } from '../../plan/upgrade-plan.js';
import type { Context } from '../context.js';
import { findRecorded } from '../find.js';
import { requireHealthy } from '../healthy.js';
import { observerOf } from '../targets.js';
import { isGivenUp } from '../wait.js';
import { requirePossible, whence } from './possible.js';
import { UpgradeProbe } from './probe.js';
import {
  beginPlan,
  carryOutPlan,
  endPlan,
  type Gone,
  goBack,
  goThrough,
  onTheWay,
} from './roll.js';
import { masterNow, Natures, rollFacts, type Setting } from './setting.js';

export interface UpgradeOptions {
  readonly image: string;
  /** How long each node may take until all is healthy again (ms). */
  readonly timeoutMs: number;
  /** Writes a second of the probe; 0: none. */
  readonly ratePerS: number;
  /** Replicas that must have a write before it counts. */
  readonly wait: number;
  readonly allowUnsafe: boolean;
  readonly dryRun: boolean;
}

/** What was done, or, in a dry run, what would be. */
export type Upgraded = { readonly report: UpgradeReport } | { readonly plan: Plan };

/**
 * Bring every node of a running topology to another image, one at a time, while clients write.
 * When a step fails all nodes go back to the image that they had.
 * @throws RsentError `refused` with every reason why it cannot be; nothing was touched then.
 * `unhealthy` when a step failed, with what became of it
 */
export async function upgrade(
  context: Context,
  name: string,
  options: UpgradeOptions,
): Promise<Upgraded> {
  const known = await findRecorded(context, name);
  const { expectation, observer } = observerOf(context, known);
  const setting = { context, known, observer, timeoutMs: options.timeoutMs };
  const began = Date.now();
  try {
    const natures = new Natures(context);
    const target = await requirePossible(setting, natures, options);
    // What an image that does not work has left is mended by going to another one.
    if (known.record.unfinished?.upgradingFrom === undefined)
      await requireHealthy(context, observer, expectation);
    const from = whence(known, options.image);
    const record = onTheWay(known.record, options.image, from);
    const stages = await stagesOf(setting, record, from, natures);
    if (options.dryRun) return { plan: wholePlan(setting, record, stages) };
    const isDone = stages.length === 0 && known.record.unfinished?.upgradingFrom === undefined;
    const run = isDone
      ? { gone: [], probe: undefined }
      : await carryOut(setting, record, stages, options);
    return { report: await reportOf(setting, options, { from, target, began, ...run }) };
  } finally {
    observer.close();
  }
}

async function stagesOf(
  setting: Setting,
  record: TopologyRecord,
  from: string,
  natures: Natures,
): Promise<Stage[]> {
  const facts = await rollFacts(setting, record, from, natures, false);
  if (facts === undefined) throw new RsentError('refused', 'Nobody is master now.');
  return rollStages(facts);
}

/** In one piece, to be printed. */
function wholePlan({ context }: Setting, record: TopologyRecord, stages: readonly Stage[]): Plan {
  const plans = [
    beginPlan(record),
    ...stages.map(({ plan }) => plan),
    endPlan(record, context.home),
  ];
  const steps = stages.length === 0 ? [] : plans.flatMap((plan) => plan.steps);
  return { version: 1, topology: record.spec.name, steps };
}

interface Run {
  readonly gone: readonly Gone[];
  readonly probe: UpgradeProbe | undefined;
}

async function carryOut(
  setting: Setting,
  record: TopologyRecord,
  stages: readonly Stage[],
  options: UpgradeOptions,
): Promise<Run> {
  const { context, known } = setting;
  const gone: Gone[] = [];
  const probe = await UpgradeProbe.start(setting, options);
  try {
    await carryOutPlan(setting, record, beginPlan(record));
    await goThrough(setting, record, stages, gone);
    await carryOutPlan(setting, record, endPlan(record, context.home));
    return { gone, probe };
  } catch (error) {
    context.progress.failed();
    const failure = await takenBack(setting, record, known.record, error);
    const seen = await probe?.sentence(gone);
    throw seen === undefined ? failure : withSentence(failure, seen);
  }
}

/** Everything back to where it was, where that can be; then the error that tells of it. */
async function takenBack(
  setting: Setting,
  record: TopologyRecord,
  before: TopologyRecord,
  error: unknown,
): Promise<RsentError> {
  const { ref } = record.spec.image;
  const image = record.unfinished?.upgradingFrom ?? before.spec.image.ref;
  const { name } = record.spec;
  if (isGivenUp(setting.context.signal) && error instanceof RsentError) return error;
  if (setting.context.signal.aborted) {
    return new RsentError('interrupted', 'Interrupted in the middle of the upgrade.', {
      hint: `Some nodes run ${ref} already. rsent up ${name} goes on with it; rsent upgrade ${name} --image ${image} goes back.`,
      cause: error,
    });
  }
  const why = messageOf(error);
  const words = error instanceof RsentError && error.hint ? `\n${error.hint}` : '';
  try {
    await goBack(setting, { record: before, image, from: ref });
    return new RsentError('unhealthy', `The upgrade to ${ref} failed: ${why}${words}`, {
      hint: `All nodes of ${name} run ${image} again, with their data, and are healthy.`,
      cause: error,
    });
  } catch (back) {
    const told = `The upgrade to ${ref} failed: ${why}${words}\n${messageOf(back)}`;
    const hint = back instanceof RsentError && back.hint !== undefined ? back.hint : '';
    return new RsentError('unhealthy', told, { hint, cause: back });
  }
}

function withSentence({ kind, message, hint, cause }: RsentError, seen: string): RsentError {
  return new RsentError(kind, message, { hint: `${hint ?? ''}\n${seen}`.trim(), cause });
}

interface Done extends Run {
  readonly from: string;
  readonly target: ImageNature;
  readonly began: number;
}

async function reportOf(
  setting: Setting,
  options: UpgradeOptions,
  { from, target, began, gone, probe }: Done,
): Promise<UpgradeReport> {
  const elapsedMs = Date.now() - began;
  const measured = await probe?.finish(gone);
  const master = (await masterNow(setting)) ?? '';
  return {
    schemaVersion: 1,
    topology: setting.known.record.spec.name,
    from,
    image: options.image,
    server: { program: target.server, version: target.version },
    changed: gone.length > 0,
    stages: gone.map(({ stage: { what, node }, fromAt, toAt }, i) => ({
      ...{ what, node, tookMs: toAt - fromAt },
      ...(measured === undefined ? {} : { writes: measured.stages[i] }),
    })),
    elapsedMs,
    master,
    ...(measured === undefined ? {} : { writes: measured.whole }),
  };
}
