import { join } from 'node:path';
import { expectRecord, expectRunning } from '../health/expect.js';
import { LOCAL_FILES } from '../host/file-store.js';
import type { TopologyRecord } from '../model/topology.js';
import type { Expectation } from '../model/verdict.js';
import { confPath } from '../plan/up-files.js';
import type { Context } from './context.js';
import type { Known } from './find.js';
import { Observer, type Target } from './observe.js';

/** The same with an observer over it, which whoever asks for it closes. */
export function observerOf(
  { engine, home, files }: Pick<Context, 'engine' | 'home' | 'files'>,
  known: Known,
): ReturnType<typeof expected> & { readonly observer: Observer } {
  const { expectation, targets } = expected(known, home);
  const store = known.record === undefined ? LOCAL_FILES : files.of(known.record);
  const observer = new Observer(engine, expectation, targets, known.access, store);
  return { expectation, targets, observer };
}

/** What is expected and whom to ask, by the record where there is one. */
function expected(
  known: Known,
  home: string,
): { expectation: Expectation; targets: readonly Target[] } {
  return known.record === undefined
    ? { expectation: expectRunning(known.running), targets: known.running.nodes }
    : { expectation: expectRecord(known.record), targets: recordTargets(known.record, home) };
}

/** The nodes of a record, each with its conf file in this data home. */
export function recordTargets(record: TopologyRecord, home: string): Target[] {
  const directory = join(home, record.spec.name);
  return record.placement.nodes.map((node) => ({ ...node, confFile: confPath(directory, node) }));
}
