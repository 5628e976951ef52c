import type { ContainerFacts, Engine } from '../engine/engine.js';
import type { KillContainer, RemoveNetwork, RemoveVolume, StopContainer } from '../model/change.js';
import type {
  ConnectContainer,
  RemoveContainer,
  ResumeContainer,
  StartContainer,
  Step,
} from '../model/plan.js';
import type { ContainerState } from '../model/topology.js';
import { endContainer, stopAndRemove, whereThere } from './stop.js';

/** Steps that need nothing but the engine. */
export type EngineStep =
  | StartContainer
  | ResumeContainer
  | ConnectContainer
  | StopContainer
  | KillContainer
  | RemoveContainer
  | RemoveNetwork
  | RemoveVolume;

const KINDS: { readonly [kind in EngineStep['kind']]: true } = {
  'start-container': true,
  'resume-container': true,
  'connect-container': true,
  'stop-container': true,
  'kill-container': true,
  'remove-container': true,
  'remove-network': true,
  'remove-volume': true,
};

/** True for a step that `engineStep` can do. */
export function isOfEngine(step: Step): step is EngineStep {
  return step.kind in KINDS;
}

/** What the engine says, or said, of a container; undefined when there is none. */
export type StateOf = (container: string) => Promise<ContainerState | undefined>;

/** The state as it was in a list read before. */
export function stateIn(containers: readonly ContainerFacts[]): StateOf {
  return async (container) => containers.find(({ name }) => name === container)?.state;
}

/** Start, end or take away. What is to go and has gone already is no error. */
export async function engineStep(
  step: EngineStep,
  engine: Engine,
  stateOf: StateOf,
): Promise<void> {
  switch (step.kind) {
    case 'start-container':
      return engine.startContainer(step.container);
    case 'resume-container':
      return engine.resumeContainer(step.container);
    case 'connect-container':
      return engine.connect(step.container, step.network, step.ip);
    case 'stop-container':
      return endContainer(engine, await ending(step.container, stateOf));
    case 'kill-container':
      return kill(step, engine, stateOf);
    case 'remove-container':
      if (step.force) return engine.removeContainer(step.container);
      return stopAndRemove(engine, await ending(step.container, stateOf));
    case 'remove-network':
      return whereThere(() => engine.removeNetwork(step.network));
    case 'remove-volume':
      return engine.removeVolume(step.volume);
  }
}

async function ending(name: string, stateOf: StateOf) {
  return { name, state: (await stateOf(name)) ?? 'running' } as const;
}

/** It may have ended meanwhile by itself, or never been started. */
async function kill(step: KillContainer, engine: Engine, stateOf: StateOf): Promise<void> {
  try {
    await engine.killContainer(step.container, step.quick);
  } catch (error) {
    const state = await stateOf(step.container);
    if (state === 'running' || state === 'paused' || state === 'restarting') throw error;
  }
}
