import type { FaultSpan, RoleSample, Window } from '../../src/drill/roles.js';
import type { FaultKind, RoleSpan } from '../../src/model/drill.js';

/** Times of samples, faults and windows count from here; the fault is at 0 of the spans. */
export const ZERO = 5_000_000;
export type Role = RoleSample['role'];

export const said = (at: number, role: Role, node = 'redis-1'): RoleSample => ({
  at: ZERO + at,
  node,
  role,
});
export const fault = (kind: FaultKind, from: number, to?: number, node = 'redis-1'): FaultSpan => ({
  node,
  kind,
  fromAt: ZERO + from,
  ...(to === undefined ? {} : { toAt: ZERO + to }),
});
export const window = (from: number, to: number): Window => ({
  fromAt: ZERO + from,
  toAt: ZERO + to,
  faultAt: ZERO,
});

/** `master -100..0`, one line for each span. */
export const linesOf = (spans: readonly RoleSpan[]) =>
  spans.map(({ role, fromMs, toMs }) => `${role} ${fromMs}..${toMs}`);
