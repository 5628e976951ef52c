import { type ContainerFacts, type Engine, failedWith } from '../engine/engine.js';

/** Redis writes its append-only file out within this time when asked to stop (s). */
export const STOP_GRACE_S = 15;

/** Have a container end by itself, and take it away. Not being there is no error. */
export async function stopAndRemove(
  engine: Engine,
  { name, state }: Pick<ContainerFacts, 'name' | 'state'>,
): Promise<void> {
  try {
    // What is paused hears no signal.
    if (state === 'paused') await engine.resumeContainer(name);
    if (state !== 'created' && state !== 'exited') await engine.stopContainer(name, STOP_GRACE_S);
  } catch (error) {
    if (!failedWith(error, 'not-found')) throw error;
  }
  await engine.removeContainer(name);
}
