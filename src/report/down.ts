import { dirname } from 'node:path';
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
  };
  readonly volumes?: { readonly count: number; readonly removed: boolean };
  readonly elsewhere?: string;
  readonly notOurs?: NotOurs;
  readonly copies?: readonly string[];
}

interface NotOurs {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

/** The document that `down --json` prints. */
export function downJson(topology: string, removed: Removed): object {
  return { schemaVersion: 1, topology, ...removed };
}

export function downText(
  topology: string,
  { containers, networks, data, volumes, elsewhere, notOurs, copies = [] }: Removed,
): string {
  const lines: string[] = [];
  if (containers + networks > 0) {
    lines.push(
      `${topology} is down: ${count(containers, 'container')} and ${count(networks, 'network')} removed.`,
    );
  }
  lines.push(...dataLines(topology, data, volumes));
  if (elsewhere !== undefined) lines.push(elsewhereLine(topology, elsewhere));
  if (notOurs !== undefined) lines.push(...notOursLines(topology, notOurs));
  const left = copies.map(copyLine);
  return lines.length === 0
    ? [`There is no topology named ${topology}; nothing to do.`, ...left].join('\n')
    : [...lines, ...left].join('\n');
}

function copyLine(name: string): string {
  return `${harmless(name)} carries rsent's labels but is not rsent's own: left alone.`;
}

function elsewhereLine(topology: string, directory: string): string {
  const home = harmless(dirname(directory));
  return `What runs as ${topology} was left, and so was its data in ${harmless(directory)}: that is another data home. rsent down ${topology} --data-dir ${home} removes it.`;
}

function dataLines(topology: string, data: Removed['data'], volumes: Removed['volumes']): string[] {
  const where = [
    ...(volumes === undefined ? [] : [count(volumes.count, 'volume')]),
    ...(data === undefined ? [] : [harmless(data.path)]),
  ].join(' and ');
  if (where === '') return [];
  if (data?.removed || volumes?.removed)
    return [`Its data in ${where} is removed.`, ...leftLines(data?.left ?? [])];
  return [`Its data is kept in ${where}; rsent up ${topology} brings it back.`];
}

/** With the commands by which who is sure removes it. */
function notOursLines(topology: string, { containers, networks, volumes }: NotOurs): string[] {
  const command = (verb: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`  ${verb} ${names.map(harmless).join(' ')}`];
  return [
    `Left on the engine, with the labels of a topology named ${topology}: this data home has no record of it, and nothing proves that it was made from here. rsent down ${topology} --data-dir DIR from where it was made removes it (--volumes: its data, too), or if nobody needs it:`,
    ...command('docker rm --force', containers),
    ...command('docker network rm', networks),
    ...command('docker volume rm', volumes),
  ];
}

/** Names what was not removed: the first few paths. */
export function leftLines(left: readonly string[]): string[] {
  if (left.length === 0) return [];
  const shown = left.slice(0, SHOWN).map((path) => `  ${harmless(path)}`);
  const more = left.length - shown.length;
  return [
    'Left, as neither rsent nor a server made it:',
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
