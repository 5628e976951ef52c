import type { Address } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';

/**
 * Write a finding down: its code, what was seen, what was expected, what to do, whether time alone
 * may mend it, and the address of the stranger that it is about.
 */
export type Add = (
  code: string,
  saw: string,
  expected: string,
  fix: string,
  settling?: boolean,
  about?: Address,
) => void;

/** A list of errors about one subject, and the way to add to it. */
export function collect(subject: string): { findings: Finding[]; add: Add } {
  const findings: Finding[] = [];
  const add: Add = (code, saw, expected, fix, settling = false, about) => {
    const whom = about === undefined ? {} : { about };
    findings.push({ code, severity: 'error', subject, saw, expected, fix, settling, ...whom });
  };
  return { findings, add };
}
