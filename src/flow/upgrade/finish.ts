import { messageOf, RsentError } from '../../model/errors.js';
import type { TopologyRecord } from '../../model/topology.js';
import { rollStages } from '../../plan/upgrade-plan.js';
import type { Context } from '../context.js';
import { findRecorded } from '../find.js';
import { observerOf } from '../targets.js';
import { arrived, carryOutPlan, endPlan, goThrough } from './roll.js';
import { masterNow, Natures, rollFacts } from './setting.js';

/** What has become of it. */
export interface Finished {
  readonly record: TopologyRecord;
  /** Node that is master then. */
  readonly master: string;
  /** What was changed. */
  readonly line: string;
}

/**
 * Go on with an upgrade that was begun and not ended, in a topology that is healthy.
 * @param record as it is kept
 * @returns how it is then; undefined when there was nothing to go on with
 * @throws RsentError `unhealthy` when a node fails, with the ways from there
 */
export async function finishUpgrade(
  context: Context,
  record: TopologyRecord,
  timeoutMs: number,
): Promise<Finished | undefined> {
  const from = record.unfinished?.upgradingFrom;
  if (from === undefined) return undefined;
  const { name, image } = record.spec;
  const known = await findRecorded(context, name);
  const { observer } = observerOf(context, known);
  const setting = { context, known, observer, timeoutMs };
  try {
    const facts = await rollFacts(setting, record, from, new Natures(context), false);
    if (facts === undefined) throw new RsentError('unhealthy', 'Nobody is master now.');
    if (facts.toGo.get(facts.master)?.unreadable) throw stuck(name, image.ref, from, facts.master);
    context.progress.note(`Going on with the upgrade from ${from} to ${image.ref}`);
    await goThrough(setting, record, rollStages(facts), []);
    await carryOutPlan(setting, record, endPlan(record, context.home));
    return {
      record: arrived(record),
      master: (await masterNow(setting)) ?? '',
      line: `image: ${from} -> ${image.ref}`,
    };
  } catch (error) {
    context.progress.failed();
    if (context.signal.aborted) throw error;
    const said = error instanceof RsentError ? (error.hint ?? '') : '';
    throw new RsentError('unhealthy', `The upgrade to ${image.ref} failed: ${messageOf(error)}`, {
      hint: `${said}\nrsent up ${name} tries again; rsent upgrade ${name} --image ${from} goes to ${from}.`.trim(),
      cause: error,
    });
  } finally {
    observer.close();
  }
}

function stuck(name: string, image: string, from: string, master: string): RsentError {
  return new RsentError(
    'unhealthy',
    `${master}, the master, runs ${from}, and ${image} cannot read what it writes.`,
    {
      hint: `Nothing was done. rsent upgrade ${name} --image ${from} brings all nodes to ${from}.`,
    },
  );
}
