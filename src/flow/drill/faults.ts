import { failedWith } from '../../engine/engine.js';
import type { FaultKind } from '../../model/drill.js';
import { fixedIp } from '../../model/topology.js';
import type { Target } from '../observe.js';
import { STOP_GRACE_S } from '../stop.js';
import { waitFor } from '../wait.js';
import { pointAt } from './bring-back.js';
import type { Scene } from './scene.js';

/** A way to lose a node, and the way back. */
export interface Fault {
  /** `Killing`, `Killed`: for what is shown. */
  readonly doing: string;
  readonly done: string;
  inflict(scene: Scene, node: Target): Promise<void>;
  /**
   * End it; being over already is no error. A data node that died is pointed at the present
   * master before it starts: an old master would, as it was, take and lose writes for some 11 s,
   * until Sentinel converts it (sentinel.c, 4 hello periods after its INFO says master).
   * @param master who is master now
   */
  end(scene: Scene, node: Target, master: Target): Promise<void>;
}

/** For a port to be free again (ms). */
const PORT_MS = 3000;

export const FAULTS: Readonly<Record<FaultKind, Fault>> = {
  crash: {
    doing: 'Killing',
    done: 'Killed',
    inflict: ({ context }, node) => context.engine.killContainer(node.container),
    end: startAgain,
  },
  shutdown: {
    doing: 'Stopping',
    done: 'Stopped',
    inflict: ({ context }, node) => context.engine.stopContainer(node.container, STOP_GRACE_S),
    end: startAgain,
  },
  hang: {
    doing: 'Freezing',
    done: 'Froze',
    inflict: ({ context }, node) => context.engine.pauseContainer(node.container),
    end: resume,
  },
  partition: {
    doing: 'Cutting off',
    done: 'Cut off',
    inflict: ({ context, record }, node) =>
      context.engine.disconnect(node.container, record.placement.network),
    end: ({ context, record }, node) =>
      context.engine.connect(
        node.container,
        record.placement.network,
        fixedIp(record.placement, node),
      ),
  },
};

async function startAgain(scene: Scene, node: Target, master: Target): Promise<void> {
  const { context, record } = scene;
  if (node.kind === 'redis' && node.name !== master.name) {
    await pointAt(context, record, node, master.address);
  }
  await startWherePublished(context, node);
}

/** While it was away, its port was free: somebody may just be trying it out. */
async function startWherePublished({ engine, signal }: Scene['context'], { container }: Target) {
  const started = await waitFor(
    () =>
      engine.startContainer(container).then(
        () => true,
        (error: unknown) => {
          if (!failedWith(error, 'port-taken')) throw error;
          return undefined;
        },
      ),
    { deadline: Date.now() + PORT_MS, everyMs: 100, signal },
  );
  if (started === undefined) await engine.startContainer(container);
}

async function resume({ context }: Scene, node: Target): Promise<void> {
  const containers = await context.engine.containers();
  const isPaused = containers.some(
    ({ name, state }) => name === node.container && state === 'paused',
  );
  if (isPaused) await context.engine.resumeContainer(node.container);
}
