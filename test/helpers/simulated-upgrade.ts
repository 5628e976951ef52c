import { arrived, endPlan } from '../../src/flow/upgrade/roll.js';
import { LABEL } from '../../src/model/constants.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { confPath } from '../../src/plan/conf-path.js';
import { copyPath, imageOfCopy } from '../../src/plan/kept-copy.js';
import { type NodeToGo, rollStages } from '../../src/plan/upgrade-plan.js';
import {
  bringUp,
  DIRECTORY,
  endless,
  type Fuse,
  masterIn,
  run,
  statesOf,
  type World,
} from './simulator.js';

/** The master runs what the others could not follow: nothing is done. */
export class NoWayBack extends Error {}

/** Which way an upgrade goes. */
export interface Way {
  readonly from: string;
  readonly to: string;
  /** The servers of `to` cannot read what those of `from` have written. */
  readonly backwards: boolean;
}

/** The record of a topology that is on this way. */
function onTheWay(record: TopologyRecord, { from, to }: Way): TopologyRecord {
  const spec = { ...record.spec, image: { ref: to, named: true } };
  return { ...record, spec, unfinished: { upgradingFrom: from } };
}

/** What `upgrade` does. @throws Killed when the fuse has burnt down */
export function upgrade(world: World, way: Way, fuse: Fuse): void {
  const record = onTheWay(world.record ?? raise('no record'), way);
  const begin = { kind: 'write-record', id: 'begin', after: [], record } as const;
  run({ version: 1, topology: record.spec.name, steps: [begin] }, world, fuse);
  roll(world, way, fuse);
}

/** What `up` does with one that was begun: bring up what is there, then go on; else it is asked for again. */
export async function goOn(world: World, way: Way): Promise<void> {
  const record = world.record ?? raise('no record');
  await bringUp(world, record, endless());
  if (record.unfinished?.upgradingFrom === undefined || record.spec.image.ref !== way.to)
    return upgrade(world, way, endless());
  roll(world, way, endless());
}

function roll(world: World, way: Way, fuse: Fuse): void {
  const record = world.record ?? raise('no record');
  const master = masterIn(world, record);
  const toGo = toGoIn(world, record, way);
  // As flow/upgrade says it (requireWayBack): all others would copy what they cannot read.
  if (toGo.get(master)?.unreadable) throw new NoWayBack();
  const facts = {
    ...{ record, directory: DIRECTORY, user: { uid: 999, gid: 999 }, chown: false },
    ...{ server: 'redis-server', version: '8.0.0', master, backwards: way.backwards },
    ...{ toGo, canFollow: !way.backwards },
  };
  for (const { plan } of rollStages(facts)) run(plan, world, fuse);
  run(endPlan(arrived(record), '/data'), world, fuse);
}

function toGoIn(world: World, record: TopologyRecord, way: Way): Map<string, NodeToGo> {
  const states = statesOf(world);
  const nodes = record.placement.nodes.filter(({ name, container }) => {
    const image = world.containers.get(container)?.spec.image;
    return image !== way.to || states.get(name) !== 'running';
  });
  return new Map(
    nodes.map((node) => {
      const image = world.containers.get(node.container)?.spec.image ?? way.from;
      const copy = world.files.get(copyPath(confPath(DIRECTORY, node)));
      const copied = copy === undefined ? undefined : imageOfCopy(copy);
      return [
        node.name,
        {
          ...{ image, answers: states.get(node.name) === 'running' },
          unreadable: way.backwards && image === way.from,
          hasCopy: copied === way.to,
          isKept: copied === way.from && image !== way.from,
        },
      ] as const;
    }),
  );
}

/** The image of each container of a node. */
export function imagesIn({ containers }: World): string[] {
  const nodes = [...containers.values()].filter(({ spec }) => spec.labels[LABEL.node]);
  return nodes.map(({ spec }) => spec.image);
}

function raise(why: string): never {
  throw new Error(why);
}
