import { join } from 'node:path';
import { expectRecord, expectRunning } from '../health/expect.js';
import { LOCAL_FILES } from '../host/file-store.js';
import type { TopologyRecord } from '../model/topology.js';
import type { Expectation } from '../model/verdict.js';
import { confPath } from '../plan/conf-path.js';
import type { Context } from './context.js';
import type { Known } from './find.js';
import { dataPath } from './holdings.js';
import { Observer, type Target } from './observe.js';
import type { StepWorld } from './step-world.js';

/** What is expected, whom to ask, and who asks them. */
interface Observed {
  readonly expectation: Expectation;
  readonly targets: readonly Target[];
  readonly observer: Observer;
}

/** The same with an observer over it, which whoever asks for it closes. */
export function observerOf(
  { engine, home, files }: Pick<Context, 'engine' | 'home' | 'files'>,
  known: Known,
): Observed {
  const { expectation, targets } = expected(known, home);
  const store = known.record === undefined ? LOCAL_FILES : files.of(known.record);
  const observer = new Observer(engine, expectation, targets, known.access, store);
  return { expectation, targets, observer };
}

/**
 * Have an observer over the nodes of a record while a step of a plan is done. It is closed in the end.
 * @param record the world's own, or with more nodes than that has
 * @returns what `act` gives; what that throws is thrown
 */
export async function observing<T>(
  { context, access, files }: StepWorld,
  record: TopologyRecord,
  act: (observed: Observed) => Promise<T>,
): Promise<T> {
  const expectation = expectRecord(record);
  const targets = recordTargets(record, context.home);
  const observer = new Observer(context.engine, expectation, targets, access, files);
  try {
    return await act({ expectation, targets, observer });
  } finally {
    observer.close();
  }
}

/** What is expected and whom to ask, by the record where there is one. */
function expected(known: Known, home: string): Omit<Observed, 'observer'> {
  return known.record === undefined
    ? { expectation: expectRunning(known.running), targets: known.running.nodes }
    : { expectation: expectRecord(known.record), targets: recordTargets(known.record, home) };
}

/** The nodes of a record, each with its files in this data home. */
export function recordTargets(record: TopologyRecord, home: string): Target[] {
  const directory = join(home, record.spec.name);
  return record.placement.nodes.map((node) => ({
    ...node,
    confFile: confPath(directory, node),
    // An engine keeps a volume that a container has.
    ...(node.kind === 'redis' && record.placement.storage === undefined
      ? { dataDirectory: dataPath(node, directory) }
      : {}),
  }));
}
