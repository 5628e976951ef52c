import type { Address } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';

/** What else there is to say of a finding. */
interface More {
  /** Time alone may mend it. */
  readonly settling?: boolean;
  /** It is of the node that serves as master. */
  readonly onMaster?: true;
  /** The address of the stranger that it is about. */
  readonly about?: Address;
}

/** Write a finding down: its code, what was seen, what was expected, what to do, and what else there is. */
export type Add = (code: string, saw: string, expected: string, fix: string, more?: More) => void;

/** A list of errors about one subject, and the way to add to it. */
export function collect(subject: string): { findings: Finding[]; add: Add } {
  const findings: Finding[] = [];
  const add: Add = (code, saw, expected, fix, more = {}) => {
    findings.push({
      code,
      severity: 'error',
      subject,
      saw,
      expected,
      fix,
      settling: false,
      ...more,
    });
  };
  return { findings, add };
}
