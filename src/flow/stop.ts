import { type ContainerFacts, type Engine, failedWith } from '../engine/engine.js';

/** Redis writes its append-only file out within this time when asked to stop (s). */
export const STOP_GRACE_S = 15;

type Ending = Pick<ContainerFacts, 'name' | 'state'>;

/** Have a container end by itself; it stays. Not being there is no error. */
export async function endContainer(engine: Engine, { name, state }: Ending): Promise<void> {
  await whereThere(async () => {
    // What is paused hears no signal.
    if (state === 'paused') await engine.resumeContainer(name);
    if (state !== 'created' && state !== 'exited') await engine.stopContainer(name, STOP_GRACE_S);
  });
}

/** The same, and take it away. */
export async function stopAndRemove(engine: Engine, container: Ending): Promise<void> {
  await endContainer(engine, container);
  await engine.removeContainer(container.name);
}

/** What has gone already is no error. */
export async function whereThere(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!failedWith(error, 'not-found')) throw error;
  }
}
