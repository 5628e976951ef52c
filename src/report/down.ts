import { harmless } from './text.js';

/** So many paths that were left are named. */
const SHOWN = 10;

interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly data?: {
    readonly path: string;
    readonly removed: boolean;
    readonly left?: readonly string[];
    readonly linkTo?: string;
  };
  readonly volumes?: { readonly count: number; readonly removed: boolean };
  readonly elsewhere?: string;
  readonly foreignVolumes?: readonly string[];
}

/** The document that `down --json` prints. */
export function downJson(topology: string, removed: Removed): object {
  return { schemaVersion: 1, topology, ...removed };
}

export function downText(
  topology: string,
  { containers, networks, data, volumes, elsewhere, foreignVolumes = [] }: Removed,
): string {
  const lines: string[] = [];
  if (containers + networks > 0) {
    lines.push(
      `${topology} is down: ${count(containers, 'container')} and ${count(networks, 'network')} removed.`,
    );
  }
  lines.push(...dataLines(topology, data, volumes));
  if (elsewhere !== undefined)
    lines.push(`Its data in ${harmless(elsewhere)} was not touched: that is another data home.`);
  if (foreignVolumes.length > 0) {
    const what = count(foreignVolumes.length, 'volume');
    lines.push(
      `${what} of a topology of that name stayed, as this data home has no record of them. rsent down ${topology} --volumes --data-dir DIR from where it was made removes them, or if nobody needs their data: docker volume rm ${foreignVolumes.map(harmless).join(' ')}`,
    );
  }
  return lines.length === 0
    ? `There is no topology named ${topology}; nothing to do.`
    : lines.join('\n');
}

function dataLines(topology: string, data: Removed['data'], volumes: Removed['volumes']): string[] {
  const where = [
    ...(volumes === undefined ? [] : [count(volumes.count, 'volume')]),
    ...(data === undefined ? [] : [harmless(data.path)]),
  ].join(' and ');
  if (where === '') return [];
  if (data?.linkTo !== undefined) return linkLines(data.path, data.linkTo, volumes);
  if (data?.removed || volumes?.removed)
    return [`Its data in ${where} is removed.`, ...leftLines(data?.left ?? [])];
  return [`Its data is kept in ${where}; rsent up ${topology} brings it back.`];
}

function linkLines(path: string, to: string, volumes: Removed['volumes']): string[] {
  return [
    ...(volumes?.removed ? [`Its data in ${count(volumes.count, 'volume')} is removed.`] : []),
    `Its data is not removed: ${harmless(path)} is a link to ${harmless(to)}, and rsent removes nothing behind a link. Remove that directory and the link by hand.`,
  ];
}

function leftLines(left: readonly string[]): string[] {
  if (left.length === 0) return [];
  const shown = left.slice(0, SHOWN).map((path) => `  ${harmless(path)}`);
  const more = left.length - shown.length;
  return ['Left, as rsent did not make it:', ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
