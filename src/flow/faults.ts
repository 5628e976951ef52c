import type { FaultKind } from '../model/timeline.js';
import { pointAt } from './bring-back.js';
import type { Scene } from './failover-scene.js';
import type { Target } from './observe.js';

/** A way to lose the master, and the way back. */
export interface Fault {
  /** `Killing`, `Killed`: for what is shown. */
  readonly doing: string;
  readonly done: string;
  /** True when the master lives on through it, so that it can last for a chosen time. */
  readonly lasting: boolean;
  inflict(scene: Scene): Promise<void>;
  /**
   * End it; being over already is no error. A master that died is pointed at its successor before
   * it starts: as it was, it would take and lose writes for some 11 s, until Sentinel converts it
   * (sentinel.c, 4 hello periods after its INFO says master).
   */
  end(scene: Scene, promoted: Target | undefined): Promise<void>;
}

/** A clean stop: time for Redis to write its append-only file out (s). */
const STOP_GRACE_S = 15;

export const FAULTS: Readonly<Record<FaultKind, Fault>> = {
  crash: {
    doing: 'Killing',
    done: 'Killed',
    lasting: false,
    inflict: ({ context, victim }) => context.engine.killContainer(victim.container),
    end: startAgain,
  },
  shutdown: {
    doing: 'Stopping',
    done: 'Stopped',
    lasting: false,
    inflict: ({ context, victim }) => context.engine.stopContainer(victim.container, STOP_GRACE_S),
    end: startAgain,
  },
  hang: {
    doing: 'Freezing',
    done: 'Froze',
    lasting: true,
    inflict: ({ context, victim }) => context.engine.pauseContainer(victim.container),
    end: resume,
  },
  partition: {
    doing: 'Cutting off',
    done: 'Cut off',
    lasting: true,
    inflict: ({ context, record, victim }) =>
      context.engine.disconnect(victim.container, record.placement.network),
    end: ({ context, record, victim }) =>
      context.engine.connect(victim.container, record.placement.network, victim.address.ip),
  },
};

async function startAgain(
  { context, record, victim }: Scene,
  promoted: Target | undefined,
): Promise<void> {
  if (promoted !== undefined) await pointAt(context, record, victim, promoted.address);
  await context.engine.startContainer(victim.container);
}

async function resume({ context, victim }: Scene): Promise<void> {
  const containers = await context.engine.containers();
  const paused = containers.some(
    ({ name, state }) => name === victim.container && state === 'paused',
  );
  if (paused) await context.engine.resumeContainer(victim.container);
}
