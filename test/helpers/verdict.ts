import { judge } from '../../src/health/judge.js';
import type { Observation } from '../../src/model/observation.js';
import type { Expectation, Verdict } from '../../src/model/verdict.js';
import { anExpectation } from './topology.js';

/** `code subject` of every finding, sorted. */
export function findingsOf(
  observation: Observation,
  expectation: Expectation = anExpectation(),
): string[] {
  return summaryOf(judge(expectation, observation));
}

export function summaryOf(verdict: Verdict): string[] {
  return verdict.findings.map(({ code, subject }) => `${code} ${subject}`).sort();
}
