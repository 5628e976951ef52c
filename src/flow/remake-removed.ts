import { join } from 'node:path';
import { messageOf, RsentError } from '../model/errors.js';
import type { Plan, Step } from '../model/plan.js';
import { isOff, type RunningTopology, type TopologyRecord } from '../model/topology.js';
import { upPlan } from '../plan/up-plan.js';
import { apply } from './apply.js';
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
 * data are as before. They start when some ran before; nothing is waited for. What cannot be made is
 * told, with the way to it; nothing is thrown. Not where the run goes on with the next `up`.
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
  let gone = before.nodes.map((node) => node.name);
  if (gone.length === 0) return;
  try {
    const now = await findRunning(engine, name);
    gone = gone.filter((each) => now.nodes.every((node) => node.name !== each));
    if (gone.length === 0) return;
    progress.stage(`Making ${gone.length} containers again as they were`);
    const led = await gather(context, { ...known, record: existing, running: now });
    if (led.is !== 'ready') throw new RsentError('topology', 'another node is to be master');
    const starts = before.nodes.some(({ state }) => !isOff(state));
    await carry(context, known, withoutWaits(upPlan(led.facts), starts));
    progress.done(`Containers are there again as they were: ${gone.join(', ')}`);
  } catch (error) {
    progress.failed(
      `Containers that were there before may be missing (${gone.join(', ')}): ${messageOf(error)}\n  Record, confs and data are as before; rsent up ${name} makes what is missing.`,
    );
  }
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
  await apply(plan, act, [], { signal });
}

/** A Sentinel keeps the ping period of a boot when nobody puts it back, so it is not told of one. */
function withoutWaits({ steps, ...plan }: Plan, starts: boolean): Plan {
  const isWait = ({ kind }: Step) => /^(?:await|check|hasten)-/.test(kind);
  const isStart = ({ kind, id }: Step) => kind === 'start-container' && id !== 'pod';
  return { ...plan, steps: steps.filter((each) => !isWait(each) && (starts || !isStart(each))) };
}
