import { join } from 'node:path';
import { expectRecord, expectRunning } from '../health/expect.js';
import type { TopologyRecord } from '../model/topology.js';
import type { Expectation } from '../model/verdict.js';
import { confPath } from '../plan/up-files.js';
import type { Known } from './find.js';
import type { Target } from './observe.js';

/** What is expected and whom to ask, by the record where there is one. */
export function expected(
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
