import { harmless } from './text.js';

interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly data?: { readonly path: string; readonly removed: boolean };
  readonly volumes?: { readonly count: number; readonly removed: boolean };
  readonly elsewhere?: string;
}

/** The document that `down --json` prints. */
export function downJson(topology: string, removed: Removed): object {
  return { schemaVersion: 1, topology, ...removed };
}

export function downText(
  topology: string,
  { containers, networks, data, volumes, elsewhere }: Removed,
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
  if (data?.removed || volumes?.removed) return [`Its data in ${where} is removed.`];
  return [`Its data is kept in ${where}; rsent up ${topology} brings it back.`];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
