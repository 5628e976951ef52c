import type { NodeLine } from '../model/log.js';
import { harmless, type Paint } from './text.js';

/** Not red: that is for what is wrong. */
const COLOURS = ['cyan', 'green', 'yellow', 'magenta', 'blue'] as const;
const BRIGHT = [
  'cyanBright',
  'greenBright',
  'yellowBright',
  'magentaBright',
  'blueBright',
] as const;

/**
 * A line of a log behind the name of its node, which has the same colour each time.
 * @param width of the longest name
 */
export function logText({ node, text }: NodeLine, width: number, paint: Paint): string {
  const [, kind, number] = /^(\w+)-(\d+)$/.exec(node) ?? [];
  const palette = kind === 'sentinel' ? BRIGHT : COLOURS;
  const colour = palette[(Number(number) - 1) % palette.length] ?? 'cyan';
  const label = paint[colour](`${node.padEnd(width)} |`);
  return `${label} ${harmless(text)}`.trimEnd();
}

/** The same for programs: one document in each line. */
export function logJson({ at, node, stream, text }: NodeLine): string {
  return JSON.stringify({ at, node, stream, text: harmless(text) });
}
