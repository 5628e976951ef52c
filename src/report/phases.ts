import type { Phase } from '../model/drill.js';
import { type Paint, seconds } from './text.js';

/** Cells of the longest bar. */
const WIDTH = 44;
/** A cell filled to so many eighths. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Where the time went, as bars on one axis: each begins where the one before it ended. */
export function phasesText(phases: readonly Phase[], paint: Paint): string {
  const end = Math.max(1, ...phases.map(({ toMs }) => toMs));
  const name = Math.max(...phases.map((phase) => phase.name.length));
  return phases
    .map((phase) => {
      const before = Math.min(WIDTH - 1, Math.floor((phase.fromMs / end) * WIDTH));
      const drawn = bar(((phase.toMs - phase.fromMs) / end) * WIDTH, WIDTH - before);
      const line = `${' '.repeat(before)}${drawn}`.padEnd(WIDTH + 1);
      return `  ${phase.name.padEnd(name)}  ${paint.cyan(line)} ${seconds(phase.toMs - phase.fromMs).padStart(8)}`;
    })
    .join('\n');
}

/** At least a sliver, so that nothing that took time is invisible. */
function bar(cells: number, room: number): string {
  const eighths = Math.min(room * 8, Math.max(1, Math.round(cells * 8)));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}
