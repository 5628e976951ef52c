import { failedWith } from '../engine/engine.js';
import type { Change } from '../model/change.js';
import type {
  ConnectContainer,
  FollowMaster,
  RemoveContainer,
  ResumeContainer,
  StartContainer,
} from '../model/plan.js';
import { forgetNodes, moveAddresses } from '../plan/edit-conf.js';
import { followMaster } from '../plan/kept.js';
import { keepChannels } from '../plan/kept-users.js';
import { handOverFrom } from './hand-over-from.js';
import { keepConf, restoreConf } from './kept-conf.js';
import { placed, type StepWorld, stateOf } from './step-world.js';
import { STOP_GRACE_S, stopAndRemove } from './stop.js';

export type Changing =
  | Exclude<Change, { kind: 'await-view' | 'await-healthy' | 'replace-file' }>
  | FollowMaster
  | StartContainer
  | ResumeContainer
  | ConnectContainer
  | RemoveContainer;

/** Steps that change what is there. What cannot be taken back is done again by the next verb. */
export async function changeStep(step: Changing, world: StepWorld): Promise<void> {
  const { files } = world;
  const { engine } = world.context;
  switch (step.kind) {
    case 'start-container':
      return engine.startContainer(step.container);
    case 'resume-container':
      return engine.resumeContainer(step.container);
    case 'connect-container':
      return engine.connect(step.container, step.network, step.ip);
    case 'stop-container':
      return whereThere(() => engine.stopContainer(step.container, STOP_GRACE_S));
    case 'kill-container':
      return kill(step.container, world);
    case 'remove-container':
      if (step.force) return engine.removeContainer(step.container);
      return stopAndRemove(engine, {
        name: step.container,
        state: (await stateOf(step.container, world)) ?? 'running',
      });
    case 'remove-network':
      return whereThere(() => engine.removeNetwork(step.network));
    case 'remove-volume':
      return engine.removeVolume(step.volume);
    case 'remove-tree':
      return files.removeTree(step.path);
    case 'empty-directory':
      return files.emptyDirectory(step.path, step.mode, step.owner);
    case 'follow-master':
      return files.editFile(step.path, (text) => followMaster(text, step.master));
    case 'move-addresses':
      return files.editFile(step.path, (text) => moveAddresses(text, step.moves, step.own));
    case 'forget-nodes':
      return files.editFile(step.path, (text) => forgetNodes(text, step.nodes));
    case 'adapt-conf':
      return files.editFile(step.path, (text) => keepChannels(text, step.version));
    case 'keep-conf':
      return keepConf(step, world);
    case 'restore-conf':
      return restoreConf(step, world);
    case 'tell':
      await world.client(placed(step.node, world)).call(...step.command);
      return;
    case 'hand-over':
      return handOverFrom(step.node, world);
  }
}

/** It may have ended meanwhile by itself, or never been started. */
async function kill(container: string, world: StepWorld): Promise<void> {
  try {
    await world.context.engine.killContainer(container);
  } catch (error) {
    const state = await stateOf(container, world);
    if (state === 'running' || state === 'paused' || state === 'restarting') throw error;
  }
}

/** What has gone already is no error. */
async function whereThere(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!failedWith(error, 'not-found')) throw error;
  }
}
