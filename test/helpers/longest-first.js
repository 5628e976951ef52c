import { basename, dirname } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

/**
 * How long the longer files take on a busy machine of two cores (s). What no earlier run
 * has measured here is begun in this order: a long file must not be left alone at the end.
 */
const SECONDS = {
  'e2e/killed-upgrade': 800,
  'e2e/killed-scale': 600,
  'e2e/killed': 500,
  'e2e/killed-changes': 400,
  'e2e/campaign': 300,
  'e2e/network': 300,
  'e2e/convergence': 290,
  'e2e/emptied': 250,
  'e2e/doctor': 240,
  'e2e/upgrade': 220,
  'e2e/frozen': 210,
  'e2e/remote': 200,
  'e2e/addresses': 160,
  'e2e/repeat': 160,
  'e2e/losses': 150,
  'e2e/reboot': 150,
  'e2e/own-certificates': 150,
  'e2e/failover': 150,
  'e2e/reset-volumes': 130,
  'e2e/security': 125,
  'e2e/compatibility': 120,
  'e2e/hidden': 115,
  'e2e/guard': 110,
  'e2e/drill': 100,
  'e2e/lifecycle': 100,
  'cli/every-wait-ends': 50,
  'drill/hand-over-killed': 15,
  'plan/interrupted': 15,
  'cli/error-classes': 15,
};
const OTHERS = { e2e: 60, unit: 1 };

/** Tests in jest's own order, save that what it does not know yet is ordered by what is known here. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const expected = (test) => (test.duration ?? 0) / 1000 || secondsOf(test);
    const order = new Map(sorted.map((test) => [test, [this.hasFailed(test), expected(test)]]));
    return sorted.toSorted((a, b) => {
      const [failedA, secondsA] = order.get(a);
      const [failedB, secondsB] = order.get(b);
      return Number(failedB) - Number(failedA) || secondsB - secondsA;
    });
  }
}

/** What a test file is expected to take (s). */
function secondsOf({ path, context }) {
  const name = `${basename(dirname(path))}/${basename(path, '.test.ts')}`;
  return SECONDS[name] ?? OTHERS[context.config.displayName.name];
}
