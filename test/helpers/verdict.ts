import { judge } from '../../src/health/judge.js';
import type { Observation } from '../../src/model/observation.js';
import type { Expectation } from '../../src/model/verdict.js';
import { anExpectation } from './topology.js';

/** `code subject` of every finding, sorted. */
export function findingsOf(
  observation: Observation,
  expectation: Expectation = anExpectation(),
): string[] {
  const { findings } = judge(expectation, observation);
  return findings.map(({ code, subject }) => `${code} ${subject}`).sort();
}
