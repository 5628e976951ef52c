import type { Silence } from '../../model/drill.js';
import type { TimedEvent } from '../../model/timeline.js';
import { SENTINEL } from './layout.js';
import { type Html, html } from './markup.js';
import type { NodeRow } from './rows.js';
import type { TimeScale } from './scale.js';
import { moment } from './words.js';

/** A message that matters, with the letter that stands for it. */
export interface Lettered {
  readonly letter: string;
  readonly event: string;
  readonly words: string;
}

/** Messages that get a letter, in the order in which they usually come. */
export const LETTERED: readonly Lettered[] = [
  { letter: 'S', event: '+sdown', words: 'this Sentinel misses the master' },
  { letter: 'Q', event: '+odown', words: 'enough Sentinels miss it: it is gone' },
  { letter: 'L', event: '+elected-leader', words: 'this Sentinel was elected leader' },
  { letter: 'P', event: '+promoted-slave', words: 'the replica says that it is master' },
  { letter: 'C', event: '+switch-master', words: 'this Sentinel tells clients of the new master' },
  { letter: 'X', event: '-failover-abort', words: 'this Sentinel gave its attempt up' },
];

const BADGE = { width: 16, height: 16 };
/** Messages closer than this are one mark: they could not be told apart. */
const APART = 4;
/** A tooltip has room for so many lines. */
const MOST_LINES = 12;

/** What stands for a message, if it matters. Replicas and Sentinels are missed too: no letter. */
export function letteredOf({ event, detail }: TimedEvent): Lettered | undefined {
  const found = LETTERED.find((each) =>
    each.letter === 'X' ? event.startsWith(each.event) : event === each.event,
  );
  return found?.event === '+sdown' && !detail.startsWith('master ') ? undefined : found;
}

/**
 * A Sentinel's messages: a tick for each, a letter above for those that matter.
 * @param top upper edge of the row's own room, in units of the drawing
 */
export function marks({ events, silences }: NodeRow, top: number, scale: TimeScale): Html {
  const strip = top + SENTINEL.strip;
  const quiet = silences.map((silence) => quietBar(silence, strip, scale));
  const ticks = clusters(events, scale).map((cluster) => tick(cluster, strip, scale));
  return html`${quiet}${ticks}${badges(events, top, scale)}`;
}

/** Messages by time, in groups that fall together in the drawing. */
function clusters(events: readonly TimedEvent[], scale: TimeScale): TimedEvent[][] {
  const found: TimedEvent[][] = [];
  for (const event of events) {
    const first = found.at(-1)?.[0];
    const isNear = first !== undefined && scale.x(event.atMs) - scale.x(first.atMs) < APART;
    if (isNear) found.at(-1)?.push(event);
    else found.push([event]);
  }
  return found;
}

function tick(cluster: readonly TimedEvent[], y: number, scale: TimeScale): Html {
  const from = scale.x(cluster[0]?.atMs ?? 0);
  const to = scale.x(cluster.at(-1)?.atMs ?? 0);
  return html`<g class="tick" data-count="${cluster.length}"><title>${tooltip(cluster)}</title><rect x="${from - 1}" y="${y}" width="${to - from + 2}" height="6"/></g>`;
}

function quietBar({ fromMs, toMs }: Silence, y: number, scale: TimeScale): Html {
  const x = scale.x(fromMs);
  const title = `not heard from ${moment(fromMs)} to ${moment(toMs)}`;
  return html`<g class="quiet"><title>${title}</title><rect x="${x}" y="${y}" width="${scale.x(toMs) - x}" height="6"/></g>`;
}

function badges(events: readonly TimedEvent[], top: number, scale: TimeScale): Html[] {
  const shown = events.flatMap((event) => {
    const lettered = letteredOf(event);
    return lettered === undefined ? [] : [{ event, lettered, at: scale.x(event.atMs) }];
  });
  const { left, right } = scale.frame;
  const places = sideBySide(
    shown.map(({ at }) => at),
    BADGE.width,
    { from: left, to: right },
  );
  const y = top + SENTINEL.badge;
  return shown.map(({ event, lettered, at }, i) => {
    const x = places[i] ?? at;
    const foot = y + BADGE.height;
    return html`<g class="badge ${lettered.letter}"><title>${lettered.words}\n${tooltip([event])}</title><path d="M${x} ${foot}L${at} ${top + SENTINEL.strip}"/><rect x="${x - 7}" y="${y}" width="14" height="${BADGE.height}" rx="3"/><text x="${x}" y="${y + 12}">${lettered.letter}</text></g>`;
  });
}

/** Places in a row of those that would be upon each other. */
interface Run {
  readonly wanted: readonly number[];
  readonly from: number;
}

/**
 * Middles of things of one width that lie beside each other, each as near as can be to where it
 * belongs. Where there is no room for all of them, they overlap evenly.
 * @param wanted where they belong, ascending
 */
export function sideBySide(
  wanted: readonly number[],
  width: number,
  within: { readonly from: number; readonly to: number },
): number[] {
  const each = Math.min(width, (within.to - within.from) / Math.max(1, wanted.length));
  const runOf = (members: readonly number[]): Run => {
    const middle = members.reduce((a, b) => a + b, 0) / members.length;
    const length = members.length * each;
    const from = Math.max(within.from, Math.min(middle - length / 2, within.to - length));
    return { wanted: members, from };
  };
  const runs: Run[] = [];
  for (const place of wanted) {
    let run = runOf([place]);
    for (let last = runs.at(-1); last !== undefined; last = runs.at(-1)) {
      if (last.from + last.wanted.length * each <= run.from) break;
      runs.pop();
      run = runOf([...last.wanted, ...run.wanted]);
    }
    runs.push(run);
  }
  return runs.flatMap(({ wanted: members, from }) =>
    members.map((_, i) => from + (i + 0.5) * each),
  );
}

/** What was said when, a line each. */
function tooltip(events: readonly TimedEvent[]): string {
  const lines = events
    .slice(0, MOST_LINES)
    .map(({ atMs, event, detail }) => `${moment(atMs)}  ${event}  ${detail}`);
  const more = events.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}
