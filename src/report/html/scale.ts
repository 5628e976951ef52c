import type { DrillReport } from '../../model/drill.js';
import type { Interval } from './two-masters.js';

/** The measures of a drawing, in units of its viewBox: about one CSS pixel each. */
export interface Frame {
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  /** Where the time begins and ends; the names of the rows are left of it. */
  readonly left: number;
  readonly right: number;
  /** Room above each row for its name, where there is none beside it. */
  readonly head: number;
}

export const WIDE: Frame = { name: 'wide', width: 1136, left: 176, right: 1128, head: 0 };
export const NARROW: Frame = { name: 'narrow', width: 376, left: 4, right: 372, head: 16 };

/** Where each time is drawn. */
export interface TimeScale extends Interval {
  readonly frame: Frame;
  /** Position of a time (ms since the fault); times out of range are at the edge. */
  readonly x: (ms: number) => number;
}

/** A scale for an interval in a frame. */
export function timeScale(interval: Interval, frame: Frame): TimeScale {
  const { fromMs, toMs } = interval;
  const { left, right } = frame;
  const unit = (right - left) / (toMs - fromMs);
  return {
    ...interval,
    frame,
    x: (ms) => left + (Math.min(Math.max(ms, fromMs), toMs) - fromMs) * unit,
  };
}

/** What came before the fault is worth this much room at most. */
const BEFORE = { share: 0.12, leastMs: 1000 };

/** The time that a drill's drawing shows: all since the fault, and a little before it. */
export function shownTime(report: DrillReport): Interval {
  const { roles, events, phases, silences, client, faultEndedMs = 0 } = report;
  const slices = client?.slices ?? [];
  const spans = [...roles, ...phases, ...silences];
  const first = least([...spans.map(({ fromMs }) => fromMs), ...slices.map(({ atMs }) => atMs)]);
  const last = greatest([
    faultEndedMs,
    ...spans.map(({ toMs }) => toMs),
    ...events.map(({ atMs }) => atMs),
    ...slices.map(({ atMs }) => atMs + (client?.sliceMs ?? 0)),
  ]);
  const toMs = Math.max(last, 1000);
  const before = Math.max(BEFORE.leastMs, toMs * BEFORE.share);
  return { fromMs: Math.max(first, -before), toMs };
}

/** Not Math.min with a spread: a long drill has more slices than a call takes arguments. */
function least(times: readonly number[]): number {
  return times.reduce((a, b) => Math.min(a, b), 0);
}

function greatest(times: readonly number[]): number {
  return times.reduce((a, b) => Math.max(a, b), 0);
}

const STEPS_MS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000];
const MINUTE_MS = 60_000;

/** Round times to mark on an axis, so many at most, ms since the fault. */
export function ticks({ fromMs, toMs }: Interval, most: number): number[] {
  const fewest = (toMs - fromMs) / most;
  const stepMs =
    STEPS_MS.find((step) => step >= fewest) ?? Math.ceil(fewest / MINUTE_MS) * MINUTE_MS;
  const first = Math.ceil(fromMs / stepMs);
  const count = Math.floor(toMs / stepMs) - first + 1;
  // Adding 0 turns -0 into 0.
  return Array.from({ length: count }, (_, i) => (first + i) * stepMs + 0);
}

/**
 * Room that a text may take at most, in units of the drawing. The reader's font is not known: this
 * is for a wide one, so that what is said to fit does.
 */
export function textWidth(text: string, fontSize: number): number {
  return [...text].length * fontSize * 0.66;
}

/** As much of a text as has room, with an ellipsis where it was cut. */
export function shortened(text: string, room: number, fontSize: number): string {
  const letters = [...text];
  if (textWidth(text, fontSize) <= room) return text;
  const kept = Math.max(1, Math.floor(room / textWidth('x', fontSize)) - 1);
  return `${letters.slice(0, kept).join('')}…`;
}
