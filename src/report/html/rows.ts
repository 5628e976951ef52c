import type { ClientSide, Slice } from '../../model/client.js';
import type { DrillReport, RoleSpan, Silence } from '../../model/drill.js';
import type { TimedEvent } from '../../model/timeline.js';

/** A node with all that is drawn in its row. */
export interface NodeRow {
  readonly node: string;
  readonly isSentinel: boolean;
  readonly spans: readonly RoleSpan[];
  /** A Sentinel's own messages, by time. */
  readonly events: readonly TimedEvent[];
  readonly silences: readonly Silence[];
}

/** A client of the probe with its writes. */
export interface SideRow {
  readonly side: ClientSide;
  readonly slices: readonly Slice[];
}

const NATURAL = new Intl.Collator('en', { numeric: true });
const SIDES: readonly ClientSide[] = ['follower', 'sticky', 'isolated'];

/** A row for each node that has a role or said something: data nodes, then Sentinels. */
export function nodeRows({ roles, events, silences }: DrillReport): NodeRow[] {
  const speakers = [...events, ...silences].map(({ sentinel }) => sentinel);
  // What rsent saw for itself is told as an event of nobody.
  const sentinels = new Set(speakers.filter((name) => name !== ''));
  for (const { node, role } of roles) if (role === 'sentinel') sentinels.add(node);
  const names = [...new Set([...roles.map(({ node }) => node), ...sentinels])];
  const isSentinel = (name: string) => sentinels.has(name) || /^sentinel\b/.test(name);
  return names
    .sort((a, b) => Number(isSentinel(a)) - Number(isSentinel(b)) || NATURAL.compare(a, b))
    .map((node) => ({
      node,
      isSentinel: isSentinel(node),
      spans: roles.filter((span) => span.node === node),
      events: byTime(events.filter(({ sentinel }) => sentinel === node)),
      silences: silences.filter(({ sentinel }) => sentinel === node),
    }));
}

/** A row for each client that wrote. */
export function sideRows({ client }: DrillReport): SideRow[] {
  return SIDES.flatMap((side) => {
    const slices = (client?.slices ?? []).filter((slice) => slice.side === side);
    return slices.length === 0 ? [] : [{ side, slices: byTime(slices) }];
  });
}

function byTime<T extends { readonly atMs: number }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => a.atMs - b.atMs);
}
