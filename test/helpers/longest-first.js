import { basename } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

/**
 * How long the longer end-to-end files take on a busy machine of two cores (s). What no earlier run
 * has measured here is begun in this order: a long file must not be left alone at the end.
 */
const SECONDS = {
  'killed-upgrade': 800,
  'killed-scale': 600,
  killed: 500,
  'killed-changes': 400,
  campaign: 300,
  network: 300,
  convergence: 290,
  doctor: 240,
  upgrade: 220,
  remote: 200,
  addresses: 160,
  repeat: 160,
  losses: 150,
  reboot: 150,
  emptied: 150,
  'own-certificates': 150,
  failover: 150,
  'reset-volumes': 130,
  security: 125,
  compatibility: 120,
  hidden: 115,
  guard: 110,
  drill: 100,
  lifecycle: 100,
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
  const name = basename(path, '.test.ts');
  const isE2e = context.config.displayName?.name === 'e2e';
  return isE2e ? (SECONDS[name] ?? OTHERS.e2e) : OTHERS.unit;
}
