import { join } from 'node:path';
import { messageOf, RsentError } from '../model/errors.js';
import type { Plan, Step } from '../model/plan.js';
import { isOff, type RunningTopology, type TopologyRecord } from '../model/topology.js';
import { upPlan } from '../plan/up-plan.js';
import { type Actor, apply } from './apply.js';
import type { Context } from './context.js';
import { findRunning } from './find.js';
import { gather, type Known } from './gather.js';
import { Patience } from './patience.js';
import { isOneWay } from './roll-back.js';
import { accessOf } from './secrets.js';
import { actor } from './steps.js';
import { isGivenUp } from './wait.js';

/** What was there before the first attempt, and what the last one was to make. */
export interface Begun {
  before?: RunningTopology;
  record?: TopologyRecord;
}

/** What a verb knew of the topology. */
type Aim = Pick<Known, 'image' | 'secrets' | 'existing'>;

/**
 * Make the containers again that a run removed, after all else was taken back: their record, confs and
 * data are as before. They start when some ran before; nothing is waited for. One that cannot be made
 * keeps no other from it. What is missing then is told, with the way to it; nothing is thrown. Not
 * where the run goes on with the next `up`.
 */
export async function remakeRemoved(
  context: Context,
  aim: Aim,
  { before, record }: Begun,
): Promise<void> {
  const { existing } = aim;
  if (existing === undefined || before === undefined || record === undefined) return;
  if (!isOneWay(record) && !isGivenUp(context.signal))
    await remake(context, { ...aim, existing }, before);
}

async function remake(
  context: Context,
  known: Omit<Aim, 'existing'> & { readonly existing: TopologyRecord },
  before: RunningTopology,
): Promise<void> {
  const { progress, engine } = context;
  const { existing } = known;
  const { name } = existing.spec;
  const all = before.nodes.map((node) => node.name);
  const missing = async () => {
    const now = await findRunning(engine, name, existing);
    return { now, gone: all.filter((each) => now.nodes.every((node) => node.name !== each)) };
  };
  if (all.length === 0) return;
  let told: readonly string[] = all;
  try {
    const { now, gone } = await missing();
    if (gone.length === 0) return;
    told = gone;
    progress.stage(`Making ${gone.length} containers again as they were`);
    const led = await gather(context, { ...known, record: existing, running: now });
    if (led.is !== 'ready') throw new RsentError('topology', 'another node is to be master');
    const starts = before.nodes.some(({ state }) => !isOff(state));
    await carry(context, known, withoutWaits(upPlan(led.facts), starts));
    progress.done(`Containers are there again as they were: ${gone.join(', ')}`);
  } catch (error) {
    const left = await missing().catch(() => undefined);
    progress.failed(
      `${leftText(left?.gone, told)}: ${messageOf(error)}\n  Record, confs and data are as before; rsent up ${name} makes and starts what is missing.`,
    );
  }
}

/** @param gone nodes without a container; undefined when the engine does not say */
function leftText(gone: readonly string[] | undefined, told: readonly string[]): string {
  if (gone === undefined)
    return `Containers that were there before may be missing (${told.join(', ')})`;
  if (gone.length === 0) return 'All containers are there again, and not all of them started';
  return `Containers that were there before are missing (${gone.join(', ')})`;
}

async function carry(
  context: Context,
  { existing: record, secrets }: Pick<Known, 'secrets'> & { readonly existing: TopologyRecord },
  plan: Plan,
): Promise<void> {
  const act = actor({
    ...{ context, record, secrets, files: context.files.of(record), deadline: Date.now() },
    patience: new Patience(0),
    directory: join(context.home, record.spec.name),
    access: accessOf(secrets, record.spec.security.acl),
    client: () => {
      throw new RsentError('bug', 'Containers are made again without a word to their nodes.');
    },
  });
  // An interruption is why this is done, not what ends it.
  const { signal } = new AbortController();
  const failures = new Map<string, unknown>();
  await apply(plan, sparing(act, failures), [], { signal });
  for (const error of failures.values()) throw error;
}

/** One that fails keeps only those from being done that wait for it. */
function sparing(act: Actor, failures: Map<string, unknown>): Actor {
  return async (step) => {
    const cause = step.after.find((id) => failures.has(id));
    try {
      if (cause === undefined) return await act(step);
      failures.set(step.id, failures.get(cause));
    } catch (error) {
      failures.set(step.id, error);
    }
    return undefined;
  };
}

/** A Sentinel keeps the ping period of a boot when nobody puts it back, so it is not told of one. */
function withoutWaits({ steps, ...plan }: Plan, starts: boolean): Plan {
  const isWait = ({ kind }: Step) => /^(?:await|check|hasten)-/.test(kind);
  const isStart = ({ kind, id }: Step) => kind === 'start-container' && id !== 'pod';
  return { ...plan, steps: steps.filter((each) => !isWait(each) && (starts || !isStart(each))) };
}
