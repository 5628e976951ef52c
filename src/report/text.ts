import Table from 'cli-table3';
import colors from 'picocolors';

/** Painting that does nothing where colour is not wanted. */
export type Paint = ReturnType<typeof colors.createColors>;

/**
 * Colours for a stream: only on a terminal, and never against NO_COLOR.
 * @param wanted what the user has said about it; wins over both
 */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv,
  wanted?: boolean,
): Paint {
  const usual = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return colors.createColors(wanted ?? usual);
}

/**
 * Text that came from elsewhere (a server, a log, a label) with all that a terminal would obey
 * taken out; line ends and tabs stay.
 */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
}

/** Columns under headings, without lines around them. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  const plain = new Table({
    head: headings.map((heading) => paint.dim(heading)),
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  plain.push(...rows.map((row) => [...row]));
  return plain
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** `1.5 s`, `830 ms`. */
export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** `0 B`, `1.2 kB`, `3.4 MB`. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

/** A finding's marks: what, in one paragraph with its remedy. */
export function indent(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => `${by}${line}`)
    .join('\n');
}
