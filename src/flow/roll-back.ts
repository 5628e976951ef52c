import { join } from 'node:path';
import { failedWith } from '../engine/engine.js';
import { hasRecord } from '../host/data-home.js';
import { messageOf, RsentError } from '../model/errors.js';
import type { Plan, Step } from '../model/plan.js';
import { type RunningTopology, type TopologyRecord, withLeaving } from '../model/topology.js';
import { placeLabels, topologyLabels } from '../plan/labels.js';
import { carries, inVolume } from '../plan/volumes.js';
import { FILES_STAY, type Journal, type Left, rollBack, type Where } from './apply.js';
import type { Context } from './context.js';

/** What is begun cannot be undone: data has gone, or confs hold other addresses already. */
export function isOneWay({ unfinished }: TopologyRecord): boolean {
  const { resetting, moves, leaving } = unfinished ?? {};
  return [resetting, moves, leaving].some((each) => each !== undefined);
}

/**
 * Take back what a run did, make sure that it is gone, and tell what is true of it. A request whose
 * answer never came may have been carried out, and is in no journal: as long as that cannot be seen,
 * the record stays, so that the next verb knows of it.
 * @param before what was there before the run
 */
export async function takeBack(
  context: Context,
  record: TopologyRecord,
  plan: Plan,
  journal: Journal,
  before: RunningTopology,
): Promise<void> {
  if (journal.length === 0 && namesMade(plan).size === 0) return;
  const { progress, home } = context;
  progress.stage('Rolling back what this run created');
  const left = await rollBack(journal, {
    isGone,
    whereOf: whereIn(record, join(home, record.spec.name)),
    sweep: () => removeUnanswered(context, record, plan, before),
  });
  if (left.length === 0) return progress.done('Rolled back: nothing that this run created is left');
  const lines = left.map((each) => `  - ${lineOf(each)}\n`).join('');
  progress.failed(`Not all could be rolled back:\n${lines}  ${await wayOn(context, record)}`);
}

function lineOf({ ids, why }: Left): string {
  if (why === FILES_STAY)
    return `files and directories, the record among them (${ids.length}): ${why}`;
  return ids.length === 0 ? why : `${ids.join(', ')}: ${why}`;
}

/** What ends it. One that was proven has data that nobody is told to remove. */
async function wayOn({ home }: Context, { spec, proven }: TopologyRecord): Promise<string> {
  const { name } = spec;
  if (!(await hasRecord(home, name))) return 'What is named here was left as it is.';
  const removal = `rsent down ${name} --volumes removes it, files and all`;
  return `rsent up ${name} goes on from what is there${proven ? '' : `; ${removal}`}.`;
}

/** Where a step of this topology has changed something. */
function whereIn(record: TopologyRecord, directory: string): (step: Step) => Where {
  const { nodes, storage } = withLeaving(record).placement;
  return (step) => {
    if (step.kind === 'create-volume') return 'volume';
    if (step.kind === 'create-container' || step.kind === 'create-network') return 'engine';
    if (storage !== 'volume' || !('path' in step)) return 'host';
    return inVolume(directory, nodes, step.path) === undefined ? 'host' : 'volume';
  };
}

/** True when the engine answers nothing any more. */
function isGone(error: unknown): boolean {
  return failedWith(error, 'unreachable') || failedWith(error, 'silent');
}

/**
 * Remove what the plan was to make and is there, though no answer said so.
 * @throws RsentError `topology` where that cannot be seen
 */
async function removeUnanswered(
  context: Context,
  record: TopologyRecord,
  plan: Plan,
  before: RunningTopology,
): Promise<void> {
  try {
    await removeFound(context, record, plan, before);
  } catch (error) {
    const why = `whether all of it is gone from the engine cannot be seen: ${messageOf(error)}`;
    throw new RsentError('topology', why, { cause: error });
  }
}

async function removeFound(
  { engine, home, files }: Context,
  record: TopologyRecord,
  plan: Plan,
  before: RunningTopology,
): Promise<void> {
  const { name } = record.spec;
  const labels = placeLabels(record, join(home, name));
  const made = namesMade(plan);
  const isNew = (each: { readonly name: string; readonly labels: typeof labels }) =>
    made.has(each.name) && carries(each, labels);
  const [containers, networks, volumes] = await Promise.all([
    engine.containers(topologyLabels(name)),
    before.network === undefined ? engine.networks() : [],
    made.size > 0 && record.placement.storage === 'volume' ? engine.volumes(labels) : [],
  ]);
  const old = new Set(before.nodes.map(({ containerId }) => containerId));
  const isOldPod = (each: string) => before.pod !== undefined && each === record.placement.pod;
  for (const each of containers.filter(isNew))
    if (!old.has(each.id) && !isOldPod(each.name)) await engine.removeContainer(each.id);
  for (const each of networks.filter(isNew)) await engine.removeNetwork(each.id);
  const left = volumes.filter(isNew);
  if (left.length > 0) await files.close();
  for (const each of left) await engine.removeVolume(each.name);
}

/** Names of all that a plan makes on the engine. */
function namesMade({ steps }: Plan): Set<string> {
  const names = steps.flatMap((step) => {
    if (step.kind === 'create-container') return [step.container.name];
    if (step.kind === 'create-network') return [step.name];
    return step.kind === 'create-volume' ? [step.volume] : [];
  });
  return new Set(names);
}
