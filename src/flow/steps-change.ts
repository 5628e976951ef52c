import { forgetAtRest } from '../host/at-rest.js';
import { forgetInSync } from '../host/in-sync.js';
import { removeOwn } from '../host/own-files.js';
import type { Change } from '../model/change.js';
import type { FollowMaster } from '../model/plan.js';
import { forgetNodes, monitorMaster, moveAddresses } from '../plan/edit-conf.js';
import { followMaster } from '../plan/kept.js';
import { keepChannels } from '../plan/kept-users.js';
import { handOverFrom } from './hand-over-from.js';
import { keepConf, restoreConf } from './kept-conf.js';
import { placed, type StepWorld, stateOf } from './step-world.js';
import { type EngineStep, engineStep, isOfEngine } from './steps-engine.js';

export type Changing =
  | Exclude<Change, { kind: 'await-view' | 'await-healthy' | 'replace-file' }>
  | FollowMaster
  | EngineStep;

/** Steps that change what is there. What cannot be taken back is done again by the next verb. */
export async function changeStep(step: Changing, world: StepWorld): Promise<void> {
  const { files } = world;
  // From now on files may be removed or begun again: what they were at rest says nothing any more.
  if (step.kind === 'start-container') await forgetAtRest(world.directory).catch(() => undefined);
  if (isOfEngine(step))
    return engineStep(step, world.context.engine, (name) => stateOf(name, world));
  switch (step.kind) {
    case 'remove-file':
      return files.removeFile(step.path);
    case 'remove-own':
      return removeOwn(step.path, step.removals);
    case 'empty-directory':
      await forgetInSync(world.directory).catch(() => undefined);
      return files.emptyDirectory(step.path, step.mode, step.owner);
    case 'follow-master':
      return files.editFile(step.path, (text) => followMaster(text, step.master));
    case 'move-addresses':
      return files.editFile(step.path, (text) => moveAddresses(text, step.moves, step.own));
    case 'forget-nodes':
      return files.editFile(step.path, (text) => forgetNodes(text, step.nodes));
    case 'monitor-master':
      return files.editFile(step.path, (text) => monitorMaster(text, step));
    case 'set-aside':
      // A server numbers its files from the beginning again.
      await forgetInSync(world.directory).catch(() => undefined);
      return files.setAside(step.path, step.to);
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
