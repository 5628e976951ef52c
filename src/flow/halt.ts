import type { ContainerFacts } from '../engine/engine.js';
import { readRecord } from '../host/data-home.js';
import { RsentError } from '../model/errors.js';
import { isOff } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import { ownContainers } from '../plan/ownership.js';
import { stopPlan } from '../plan/stop-plan.js';
import { type Actor, apply } from './apply.js';
import { rememberRest, whereFiles } from './at-rest.js';
import type { Context } from './context.js';
import { present } from './down.js';
import { rejectElsewhere } from './elsewhere.js';
import { findRunning, sayCopies } from './find.js';
import { rejectOnlyInMemory } from './only-in-memory.js';
import { engineStep, isOfEngine, stateIn } from './steps-engine.js';

/**
 * Have all nodes of a topology end by themselves, saving what they have. Containers and network
 * stay, and with them its addresses and ports. What is stopped already is no error.
 * @returns how many containers were stopped
 * @throws RsentError `topology` when it has no containers, or they are another data home's;
 * `refused` when data would be lost
 */
export async function stop(context: Context, name: string): Promise<number> {
  const { engine, progress } = context;
  const [labelled, record] = await Promise.all([
    engine.containers(topologyLabels(name)),
    readRecord(context.home, name).catch(() => undefined),
  ]);
  const containers = ownContainers(labelled, record).own;
  const running = await findRunning(engine, name, record);
  sayCopies(context, running);
  if (containers.length === 0) {
    throw new RsentError('topology', `${name} has no containers to stop.`, {
      hint: 'rsent ls lists the topologies that are here.',
    });
  }
  rejectElsewhere(running, record, context);
  const on = containers.filter(({ state }) => !isOff(state));
  const ending =
    on.length > 0 && record !== undefined
      ? await rejectOnlyInMemory(context, record, containers)
      : undefined;
  const parts = on.map(present);
  if (on.length > 0) progress.stage(`Stopping ${on.length} containers`);
  await apply(stopPlan({ topology: name, containers: parts }), stopActor(context, on), [], context);
  if (record !== undefined && ending !== undefined)
    await rememberRest(await whereFiles(context, record), ending);
  if (on.length > 0) progress.done(`Stopped ${on.length} containers`);
  return on.length;
}

function stopActor({ engine }: Context, containers: readonly ContainerFacts[]): Actor {
  return async (step) => {
    if (!isOfEngine(step)) throw new RsentError('bug', `stop has no step ${step.kind}.`);
    await engineStep(step, engine, stateIn(containers));
    return undefined;
  };
}
