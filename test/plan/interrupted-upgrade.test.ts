import { ofKind, type TopologyRecord } from '../../src/model/topology.js';
import { goOn, imagesIn, NoWayBack, upgrade, type Way } from '../helpers/simulated-upgrade.js';
import {
  bringUp,
  dataFile,
  emptyWorld,
  endless,
  Killed,
  reboot,
  takeDown,
  type World,
} from '../helpers/simulator.js';
import { aRecordIn } from '../helpers/topology.js';

const WRITTEN = 'what clients have written';
const FORMS = ['bridge', 'pod', 'announce'] as const;
const THERE: Way = { from: 'redis:7.0', to: 'redis:8.0', backwards: false };
const BACK: Way = { from: 'redis:8.0', to: 'redis:7.0', backwards: true };
const WAYS = [
  { where: 'there', way: THERE, before: running },
  // The last moment in which there is a way back: replicas have written what the master cannot read.
  { where: 'back before the hand-over', way: BACK, before: halfWay },
] as const;
/** What happens before the next `up`. */
const MEANWHILE: readonly (readonly [string, (world: World) => void])[] = [
  ['nothing', () => undefined],
  ['the machine starts anew', reboot],
  ['down', takeDown],
];
const CASES = FORMS.flatMap((form) =>
  WAYS.flatMap((way) => MEANWHILE.map(([what, happens]) => ({ form, what, happens, ...way }))),
);

async function running(record: TopologyRecord): Promise<World> {
  const world = emptyWorld();
  await bringUp(world, record, endless());
  for (const node of ofKind(record.placement.nodes, 'redis'))
    world.files.set(dataFile(node), WRITTEN);
  return world;
}

/** All replicas have been upgraded. */
async function halfWay(record: TopologyRecord): Promise<World> {
  const [world, whole, fuse] = [await running(record), await running(record), endless()];
  upgrade(whole, THERE, fuse);
  const left = fuse.done.indexOf('hand-over:redis-1');
  expect(() => upgrade(world, THERE, { left, done: [] })).toThrow(Killed);
  return world;
}

const dataOf = ({ files }: World, { placement }: TopologyRecord) =>
  ofKind(placement.nodes, 'redis').map((node) => files.get(dataFile(node)));

describe('an upgrade that is killed after any of its steps', () => {
  it.each(CASES)(
    '$form, $where, then $what: ends with the next up, or says that there is no way back, with all of the data',
    async ({ form, way, happens, before }) => {
      const record = aRecordIn(form, { image: { ref: THERE.from, named: true } });
      const start = await before(record);
      const [whole, fuse] = [structuredClone(start), endless()];
      upgrade(whole, way, fuse);
      expect(new Set(imagesIn(whole))).toEqual(new Set([way.to]));
      for (let left = 0; left < fuse.done.length; left++) {
        const world = structuredClone(start);
        const done: string[] = [];
        expect(() => upgrade(world, way, { left, done })).toThrow(Killed);
        // Whatever comes next: somebody has all of the data.
        expect([done, dataOf(world, record)]).toEqual([done, expect.arrayContaining([WRITTEN])]);
        happens(world);
        const failure = await goOn(world, way).catch((error: Error) => error);
        expect([done, dataOf(world, record)]).toEqual([done, [WRITTEN, WRITTEN, WRITTEN]]);
        // All containers were made again, of the image that was recorded: the master's, too.
        if (way.backwards && failure instanceof NoWayBack) continue;
        expect([done, failure]).toEqual([done, undefined]);
        expect([done, imagesIn(world).filter((each) => each !== way.to)]).toEqual([done, []]);
        expect([done, world.record?.unfinished]).toEqual([done, undefined]);
        const copies = [...world.files.keys()].filter((path) => path.endsWith('.before-upgrade'));
        expect([done, copies]).toEqual([done, []]);
      }
    },
  );
});
