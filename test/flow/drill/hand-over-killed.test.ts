import { jest } from '@jest/globals';
import type { Context } from '../../../src/flow/context.js';
import { handOver } from '../../../src/flow/drill/hand-over.js';
import type { Observer } from '../../../src/flow/observe.js';
import { settle } from '../../../src/flow/settle.js';
import { recordTargets } from '../../../src/flow/targets.js';
import { expectRecord } from '../../../src/health/expect.js';
import { LOCAL_FILES } from '../../../src/host/file-store.js';
import { FailoverWorld, type Fate } from '../../helpers/failover-world.js';
import { Fuse } from '../../helpers/fuse.js';
import { silentProgress } from '../../helpers/scene.js';
import { aRecord, nodeNamed } from '../../helpers/topology.js';

interface Kind {
  readonly fate: Fate;
  /** False before 6.2, where a pause of writes alone is not known. */
  readonly canPause: boolean;
  readonly minReplicas: number;
}

function begin({ fate, canPause, minReplicas }: Kind) {
  const record = aRecord({ guard: { minReplicas, maxLagS: 1 } });
  const warnings: string[] = [];
  const { signal } = new AbortController();
  const files = { of: () => LOCAL_FILES } as unknown as Context['files'];
  const context = { progress: silentProgress(warnings), signal, files } as Context;
  const world = new FailoverWorld(record, { fate, canPause });
  const observer = (fuse: Fuse) =>
    ({ client: (node) => world.client(node, fuse) }) as Pick<Observer, 'client'> as Observer;
  return { record, world, warnings, context, observer };
}

/** The hand-over until it is killed, if it is; gives what came of it. */
async function handedOver(
  { record, world, context, observer }: ReturnType<typeof begin>,
  fuse: Fuse,
) {
  const scene = {
    ...{ context, record, observer: observer(fuse), expectation: expectRecord(record) },
    ...{ master: nodeNamed(record, 'redis-1'), faults: [] },
    downAfterMs: record.spec.timing.downAfterMs,
  };
  const moments = { begin: () => undefined, rejoined: () => undefined };
  for (let i = 0; i < 5; i++) world.tick();
  return fuse.over(handOver(scene, moments));
}

/** What `up` tells the nodes. */
async function up({ record, world, context, observer }: ReturnType<typeof begin>) {
  world.endPauses();
  await settle(context, record, observer(new Fuse()), recordTargets(record, '/data'), {});
}

const KINDS: readonly Kind[] = [
  ...[true, false].flatMap((canPause) =>
    [0, 1].map((minReplicas) => ({ fate: 'carried out' as const, canPause, minReplicas })),
  ),
  ...(['given up', 'given up late'] as const).flatMap((fate) => [
    { fate, canPause: true, minReplicas: 0 },
    { fate, canPause: false, minReplicas: 1 },
  ]),
];

// Most of it is waiting, which takes longer where others are at work.
jest.setTimeout(60_000);

describe.each(KINDS)(
  'a planned hand-over that is $fate (pause: $canPause, min-replicas-to-write: $minReplicas)',
  (kind) => {
    it('loses no write, and writes go on, without a kill', async () => {
      const begun = begin(kind);
      const end = await handedOver(begun, new Fuse());
      if (kind.fate === 'carried out') expect(end).toBe('ended');
      else expect(end).toMatchObject({ kind: 'unhealthy' });
      expect(begun.world.faults()).toEqual([]);
      expect(begun.warnings).toEqual([]);
    });

    it('loses no write when it is killed before anything that it does, and writes go on after the next up', async () => {
      const whole = new Fuse();
      await handedOver(begin(kind), whole);
      const killedAt = async (length: number) => {
        const [begun, fuse] = [begin(kind), new Fuse(length)];
        const end = await handedOver(begun, fuse);
        if (end !== 'killed') return false;
        await up(begun);
        expect([fuse.done.at(-1), begun.world.faults()]).toEqual([fuse.done.at(-1), []]);
        expect([fuse.done.at(-1), begun.warnings]).toEqual([fuse.done.at(-1), []]);
        return true;
      };
      const killed = await Promise.all(
        Array.from({ length: whole.done.length }, (_, i) => killedAt(i)),
      );
      // A wait does not ask equally often each time.
      expect(killed.filter((each) => each).length).toBeGreaterThan(whole.done.length / 2);
    });
  },
);
