import { join } from 'node:path';
import { failedWith } from '../engine/engine.js';
import { messageOf } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import type { RunningTopology, TopologyRecord } from '../model/topology.js';
import { placeLabels, topologyLabels } from '../plan/labels.js';
import { carries } from '../plan/volumes.js';
import { type Journal, rollBack } from './apply.js';
import type { Context } from './context.js';

/** What is begun cannot be undone: data has gone, or confs hold other addresses already. */
export function isOneWay({ unfinished }: TopologyRecord): boolean {
  const { resetting, moves, leaving } = unfinished ?? {};
  return [resetting, moves, leaving].some((each) => each !== undefined);
}

/**
 * Take back what a run did, make sure that it is gone, and tell what is true of it. A request whose
 * answer never came may have been carried out, and is in no journal.
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
  const { progress } = context;
  progress.stage('Rolling back what this run created');
  const problems = await leftOf(context, record, plan, journal, before);
  if (problems.length === 0)
    return progress.done('Rolled back: nothing that this run created is left');
  const lines = problems.map((each) => `  - ${each}`).join('\n');
  const { name } = record.spec;
  progress.failed(
    `Not all could be rolled back:\n${lines}\n  rsent down ${name} removes what is left of it on the engine, --volumes its data, too.`,
  );
}

/** @returns what could not be taken back, a line each */
async function leftOf(
  context: Context,
  record: TopologyRecord,
  plan: Plan,
  journal: Journal,
  before: RunningTopology,
): Promise<string[]> {
  const problems = await rollBack(journal, isGone);
  // What has been told already need not be told twice.
  if (problems.length > 0) return problems;
  try {
    await removeUnanswered(context, record, plan, before);
    return [];
  } catch (error) {
    return [`whether all of it is gone from the engine cannot be seen: ${messageOf(error)}`];
  }
}

/** True when the engine answers nothing any more. */
function isGone(error: unknown): boolean {
  return failedWith(error, 'unreachable') || failedWith(error, 'silent');
}

/** Remove what the plan was to make and is there, though no answer said so. */
async function removeUnanswered(
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
