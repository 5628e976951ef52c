import { ofKind, type TopologyRecord } from '../../src/model/topology.js';
import {
  bringUp,
  DIRECTORY,
  dataFile,
  emptyWorld,
  endless,
  Killed,
  reboot,
  takeDown,
  type World,
} from '../helpers/simulator.js';
import { aRecordIn, aRecordInVolumes } from '../helpers/topology.js';
import { endOf } from '../helpers/world-end.js';

const DUMP = 'what was saved';
const WRITTEN = 'what clients have written';
const BROKEN = 'what no server reads';
const FORMS = ['bridge', 'pod', 'announce'] as const;

/** What happens before the next verb. */
const MEANWHILE: readonly (readonly [string, (world: World) => void])[] = [
  ['nothing', () => undefined],
  ['the machine starts anew', reboot],
  ['down', takeDown],
];
const CASES = FORMS.flatMap((form) =>
  MEANWHILE.map(([what, happens]) => ({ form, what, happens })),
);

/** What each data node has. */
function dataOf({ files }: World, { placement }: TopologyRecord): (string | undefined)[] {
  return ofKind(placement.nodes, 'redis').map((node) => files.get(dataFile(node)));
}

function restoring(record: TopologyRecord): TopologyRecord {
  const databases = [{ db: 0, keys: DUMP.length, volatile: 0 }];
  const source = { from: 'a.tar', sha256: 'f'.repeat(64), databases };
  return { ...record, unfinished: { restoring: source } };
}

/** In volumes, which are made before the record, nothing but these may be left without one. */
const PLACES = [
  ...CASES.map(({ form, ...each }) => {
    return { ...each, place: form, record: aRecordIn(form), kept: 0 };
  }),
  ...MEANWHILE.map(([what, happens]) => {
    const record = aRecordInVolumes();
    return { what, happens, place: 'volumes', record, kept: record.placement.nodes.length };
  }),
];

describe('a restore that is killed after any of its steps', () => {
  it.each(PLACES)(
    '$place, then $what: has all of the data in the end, or nothing starts',
    async ({ record: of, happens, kept: most }) => {
      const record = restoring(of);
      const [whole, fuse] = [emptyWorld(), endless()];
      await bringUp(whole, record, fuse, { dump: DUMP });
      const end = endOf(whole);
      expect(dataOf(whole, record)).toEqual([DUMP, DUMP, DUMP]);
      const refusals = { nothingStarts: 0, ends: 0 };
      let unrecorded = 0;
      for (let left = 0; left < fuse.done.length; left++) {
        const world = emptyWorld();
        const done: string[] = [];
        const killed = bringUp(world, record, { left, done }, { dump: DUMP });
        await expect(killed).rejects.toThrow(Killed);
        happens(world);
        if (world.record === undefined) {
          expect(world.volumes.size).toBe(unrecorded++);
          // Empty volumes, which `down --volumes` knows by their labels (ownership-undone.test.ts).
          world.volumes.clear();
          expect([done, world]).toEqual([done, emptyWorld()]);
          continue;
        }
        const before = structuredClone(world);
        const kept = world.record;
        const failure = await bringUp(world, kept, endless()).catch((error: Error) => error);
        if (failure === undefined) {
          refusals.ends++;
          expect([done, endOf(world)]).toEqual([done, end]);
        } else {
          refusals.nothingStarts++;
          expect(failure).toMatchObject({
            kind: 'topology',
            hint: expect.stringContaining('restore'),
          });
          expect([done, world]).toEqual([done, before]);
        }
        // Once all of the data is there, a restore is refused: there is a topology of that name.
        if (kept.unfinished?.restoring === undefined) continue;
        await bringUp(before, kept, endless(), { dump: DUMP });
        expect([done, endOf(before)]).toEqual([done, end]);
      }
      expect(unrecorded).toBe(1 + most);
      expect(refusals.nothingStarts).toBeGreaterThan(0);
      expect(refusals.ends).toBeGreaterThan(0);
    },
  );
});

/** It ran, and what redis-3 has on disk is of no use. */
async function withBroken(record: TopologyRecord): Promise<World> {
  const world = emptyWorld();
  await bringUp(world, record, endless());
  for (const node of ofKind(record.placement.nodes, 'redis'))
    world.files.set(dataFile(node), node.name === 'redis-3' ? BROKEN : WRITTEN);
  const it = world.containers.get('lab-redis-3');
  if (it !== undefined) it.state = 'exited';
  return world;
}

describe('up --rebuild that is killed after any of its steps', () => {
  it.each(CASES)(
    '$form, then $what: gives the node the data with the same command, and keeps what it had',
    async ({ form, happens }) => {
      const record = aRecordIn(form);
      const start = await withBroken(record);
      const rebuild = (asideAs: string) => ({ rebuild: { nodes: ['redis-3'], asideAs } });
      const [whole, fuse] = [structuredClone(start), endless()];
      await bringUp(whole, record, fuse, rebuild('data.broken-1'));
      const end = withoutAside(whole);
      for (let left = 0; left < fuse.done.length; left++) {
        const world = structuredClone(start);
        const done: string[] = [];
        const killed = bringUp(world, record, { left, done }, rebuild('data.broken-1'));
        await expect(killed).rejects.toThrow(Killed);
        happens(world);
        await bringUp(world, world.record ?? record, endless(), rebuild('data.broken-2'));
        expect([done, withoutAside(world)]).toEqual([done, end]);
        expect([done, dataOf(world, record)]).toEqual([done, [WRITTEN, WRITTEN, WRITTEN]]);
        const kept = [...world.files].filter(([, text]) => text === BROKEN);
        expect([done, kept.map(([path]) => path)]).toEqual([
          done,
          [expect.stringContaining(`${DIRECTORY}/redis-3/data.broken-`)],
        ]);
      }
    },
  );
});

/** What there is but for what was set aside, which lies under a name of its own each time. */
function withoutAside(world: World): object {
  const files = [...world.files].filter(([path]) => !path.includes('/data.broken-'));
  return endOf({ ...world, files: new Map(files) });
}
