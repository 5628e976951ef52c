import type { FaultKind, NodeRole, RoleSpan } from '../model/drill.js';

/** What a node said of itself at a moment (Date.now(), ms). */
export interface RoleSample {
  readonly at: number;
  readonly node: string;
  readonly role: Extract<NodeRole, 'master' | 'replica' | 'syncing' | 'sentinel' | 'silent'>;
}

/** A fault on one node, from when it was made to when it was over (Date.now(), ms). */
export interface FaultSpan {
  readonly node: string;
  readonly kind: FaultKind;
  readonly fromAt: number;
  /** Absent while it lasts. */
  readonly toAt?: number;
}

/** The time that a report shows (Date.now(), ms). */
export interface Window {
  readonly fromAt: number;
  readonly toAt: number;
  /** Zero of the times in the spans. */
  readonly faultAt: number;
  /** Who was master when the drill began; for a node that nobody asked before its fault. */
  readonly master?: string;
}

/**
 * What each node was, and when: by its own word, and while a fault kept it from being asked, by
 * what the fault is. A master that is cut off stays master: nobody can tell it otherwise.
 * @param isolatedSamples what a client inside a node that was cut off learnt of its role
 */
export function spansOf(
  samples: readonly RoleSample[],
  faults: readonly FaultSpan[],
  window: Window,
  isolatedSamples: readonly RoleSample[] = [],
): RoleSpan[] {
  const nodes = [...new Set(samples.map(({ node }) => node))];
  return nodes.flatMap((node) => {
    const own = samples.filter((each) => each.node === node).sort((a, b) => a.at - b.at);
    const hidden = faults.filter((each) => each.node === node);
    const inside = isolatedSamples.filter((each) => each.node === node);
    const began = node === window.master ? 'master' : undefined;
    return mergeSpans(marksOf(own, hidden, inside, began), node, window);
  });
}

interface Mark {
  readonly at: number;
  readonly role: NodeRole;
}

/** Each moment at which something was learnt of the node. */
function marksOf(
  samples: readonly RoleSample[],
  faults: readonly FaultSpan[],
  inside: readonly RoleSample[],
  began: NodeRole | undefined,
): Mark[] {
  const during = (at: number) =>
    faults.find(({ fromAt, toAt }) => at >= fromAt && at < (toAt ?? Number.POSITIVE_INFINITY));
  const open = samples.filter(({ at }) => during(at) === undefined);
  const answers = open.filter(({ role }) => role !== 'silent');
  const roleAt = (at: number) => answers.findLast((each) => each.at < at)?.role ?? began;
  const made = faults.map(({ kind, fromAt }) => ({
    at: fromAt,
    role: hiddenRole(kind, roleAt(fromAt) === 'master'),
  }));
  const told = inside
    .filter(({ at }) => during(at) !== undefined)
    .map(({ at, role }) => ({ at, role: role === 'master' ? ('isolated' as const) : role }));
  const marks = [...open, ...made, ...told].sort((a, b) => a.at - b.at);
  // Right after a fault a node does not answer yet: that is its end, not a silence of its own.
  return marks.filter(({ at, role }) => role !== 'silent' || !isAftermath(at, faults, open));
}

function isAftermath(
  at: number,
  faults: readonly FaultSpan[],
  open: readonly RoleSample[],
): boolean {
  const last = faults.findLast(({ toAt }) => toAt !== undefined && toAt <= at);
  if (last?.toAt === undefined) return false;
  const endedAt = last.toAt;
  return !open.some((each) => each.at >= endedAt && each.at < at && each.role !== 'silent');
}

function hiddenRole(kind: FaultKind, wasMaster: boolean): NodeRole {
  if (kind === 'hang') return 'frozen';
  if (kind === 'partition') return wasMaster ? 'isolated' : 'cut';
  return 'down';
}

function mergeSpans(
  marks: readonly Mark[],
  node: string,
  { fromAt, toAt, faultAt }: Window,
): RoleSpan[] {
  const spans: RoleSpan[] = [];
  marks.forEach(({ at, role }, i) => {
    const from = Math.max(fromAt, i === 0 ? fromAt : at);
    const to = Math.min(toAt, marks[i + 1]?.at ?? toAt);
    const last = spans.at(-1);
    if (to <= from) return;
    if (last?.role === role) spans[spans.length - 1] = { ...last, toMs: to - faultAt };
    else spans.push({ node, role, fromMs: from - faultAt, toMs: to - faultAt });
  });
  return spans;
}
