import { join } from 'node:path';
import { messageOf, RsentError } from '../../model/errors.js';
import type { Plan, Step } from '../../model/plan.js';
import { type TopologyRecord, withUnfinished } from '../../model/topology.js';
import type { Stage } from '../../model/upgrade.js';
import { confPath } from '../../plan/conf-path.js';
import { copyPath } from '../../plan/kept-copy.js';
import { type RollFacts, rollStages } from '../../plan/upgrade-plan.js';
import { apply } from '../apply.js';
import { Patience } from '../patience.js';
import { actor } from '../steps.js';
import { NEVER } from '../wait.js';
import { Natures, rollFacts, type Setting } from './setting.js';

/** A stage that was gone through. Times: Date.now(), ms. */
export interface Gone {
  readonly stage: Stage;
  readonly fromAt: number;
  readonly toAt: number;
}

/** The record while the nodes are on their way to an image. */
export function onTheWay(record: TopologyRecord, image: string, from: string): TopologyRecord {
  const spec = { ...record.spec, image: { ref: image, named: true } };
  return { ...record, spec, unfinished: { ...record.unfinished, upgradingFrom: from } };
}

/** The same when all have arrived. */
export function arrived(record: TopologyRecord): TopologyRecord {
  const { upgradingFrom: _, ...left } = record.unfinished ?? {};
  return withUnfinished(record, left);
}

/** What is written down before the first node is touched. */
export function beginPlan(record: TopologyRecord): Plan {
  const steps: Step[] = [{ kind: 'write-record', id: 'record', after: [], record }];
  return { version: 1, topology: record.spec.name, steps };
}

/** The upgrade is over: nothing is left of it but what it has brought. */
export function endPlan(record: TopologyRecord, home: string): Plan {
  const directory = join(home, record.spec.name);
  const copies = record.placement.nodes.map((node): Step => {
    const path = copyPath(confPath(directory, node));
    return { kind: 'remove-file', id: `forget:${node.name}`, after: ['record'], path };
  });
  const steps: Step[] = [
    { kind: 'write-record', id: 'record', after: [], record: arrived(record) },
    ...copies,
  ];
  return { version: 1, topology: record.spec.name, steps };
}

/** Do the steps of a plan on the topology as this record has it. */
export async function carryOutPlan(
  { context, known, observer, timeoutMs }: Setting,
  record: TopologyRecord,
  plan: Plan,
): Promise<void> {
  const act = actor({
    context,
    record,
    files: context.files.of(record),
    directory: join(context.home, record.spec.name),
    access: known.access,
    client: (node) => observer.client(node),
    secrets: {},
    patience: new Patience(timeoutMs),
  });
  // What one stage does is taken back by going back, not by undoing single steps.
  await apply(plan, act, [], context);
}

/**
 * Go through the stages, one after the other.
 * @param gone is told which, with their times, also when one fails
 */
export async function goThrough(
  setting: Setting,
  record: TopologyRecord,
  stages: readonly Stage[],
  gone: Gone[],
): Promise<void> {
  const { progress } = setting.context;
  for (const [i, stage] of stages.entries()) {
    const fromAt = Date.now();
    progress.stage(`${i + 1} of ${stages.length}: ${stageText(stage, record)}`);
    try {
      await carryOutPlan(setting, record, stage.plan);
    } finally {
      gone.push({ stage, fromAt, toAt: Date.now() });
    }
    progress.done();
  }
}

function stageText({ what, node }: Stage, { spec }: TopologyRecord): string {
  if (what === 'hand-over') return `the hand-over of the master ${node} to a replica`;
  const role = { replica: '', sentinel: '', master: ' (the master until now)' }[what];
  return `${spec.image.ref} on ${node}${role}`;
}

/** Where to go back to. */
export interface Back {
  /** As it was when the upgrade was begun. */
  readonly record: TopologyRecord;
  readonly image: string;
  /** Where the nodes were to go. */
  readonly from: string;
}

/**
 * Bring all nodes back to the image that they ran before, one at a time.
 * @throws RsentError `unhealthy` when there is no way back, with where all stands
 */
export async function goBack(setting: Setting, back: Back): Promise<void> {
  // What was begun is taken back, whoever has interrupted it.
  const calm = { ...setting, context: { ...setting.context, signal: NEVER } };
  const { progress } = calm.context;
  const natures = new Natures(calm.context);
  const record = onTheWay(back.record, back.image, back.from);
  const facts = await rollFacts(calm, record, back.from, natures, true);
  requireWayBack(facts, back);
  progress.note(`Going back to ${back.image}`);
  await carryOutPlan(calm, record, beginPlan(record));
  try {
    await goThrough(calm, record, rollStages(facts), []);
    await carryOutPlan(calm, record, endPlan(record, calm.context.home));
  } catch (error) {
    progress.failed();
    throw new RsentError('unhealthy', `The way back failed, too: ${messageOf(error)}`, {
      hint: `No data was removed that is not on the master. rsent status ${record.spec.name} shows where it stands; rsent up ${record.spec.name} goes on with the way back.`,
      cause: error,
    });
  }
}

function requireWayBack(facts: RollFacts | undefined, back: Back): asserts facts is RollFacts {
  const { name } = back.record.spec;
  if (facts === undefined) {
    throw new RsentError('unhealthy', 'Nobody is master now, so that nothing was taken back.', {
      hint: `rsent status ${name} shows what is wrong; rsent up ${name} goes on.`,
    });
  }
  if (facts.toGo.get(facts.master)?.unreadable !== true) return;
  throw new RsentError(
    'unhealthy',
    `There is no way back: ${facts.master}, the master, runs ${back.from}, and ${back.image} cannot read what it writes.`,
    {
      hint: `The data is safe, and was not touched. Mend what is told above; then rsent up ${name} goes on with ${back.from}.`,
    },
  );
}
