import { dirname, resolve } from 'node:path';
import { textOfGiven } from '../host/given-file.js';
import { DEFAULT_TOPOLOGY } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import type { TopologySpec } from '../model/spec.js';
import { parseDuration } from '../spec/duration.js';
import { FIELDS } from '../spec/fields.js';
import { flagLayer, type Layer } from '../spec/layers.js';
import { recordedLayer } from '../spec/recorded.js';
import { type Resolved, resolveSpec } from '../spec/resolve.js';
import { asked } from './asked.js';
import { type Arguments, once, VARIABLES, variableOf } from './options.js';
import { givesPassword } from './password.js';

/** What the user said, from flags and from the file, not yet checked. */
export interface Said {
  readonly layers: readonly Layer[];
  readonly problems: readonly string[];
}

const NUMBERS = [
  'pids',
  'minReplicasToWrite',
  'minReplicasMaxLag',
  'replicas',
  'sentinels',
  'quorum',
  'parallelSyncs',
  'redisPort',
  'sentinelPort',
];

/** Directives, each as a line of a conf. */
const LINES = ['redisConfig', 'sentinelConfig'];

const PATHS = ['templates', 'tlsCert', 'tlsKey', 'tlsCa'];

/**
 * Read flags and the spec file.
 * @throws RsentError `usage` when the file cannot be read
 */
export async function readSaid(args: Arguments): Promise<Said> {
  const flags: Record<string, unknown> = Object.fromEntries(
    Object.keys(FIELDS).map((key) => [key, flagValue(args, key)]),
  );
  const problems = passwordProblems(args);
  // Whoever gives a password wants one.
  if (givesPassword(args)) flags['auth'] = true;
  const path = once(args, 'file');
  const fromFlags = flagLayer(located(flags, process.cwd()), variablesIn(args));
  if (path === undefined) return { layers: [fromFlags], problems };
  if (path === '-' && args['passwordFile'] === '-') {
    throw new RsentError('usage', '--file and --password-file are both stdin.', {
      hint: 'Nothing was done. Name a file for one of them.',
    });
  }
  const source = await textOfGiven(
    path,
    '--file',
    'Nothing was done. rsent init writes a spec file.',
  );
  const { fileLayer } = await import('../spec/file-layer.js');
  const isStdin = path === '-';
  const file = fileLayer(source, isStdin ? 'stdin' : path);
  const values = located(file.layer.values, isStdin ? process.cwd() : dirname(resolve(path)));
  return {
    layers: [fromFlags, { ...file.layer, values }],
    problems: [...problems, ...file.problems],
  };
}

/** By the names of their flags. */
export function variablesIn(args: Arguments): ReadonlyMap<string, string> {
  return new Map((args[VARIABLES] ?? []).map((name) => [name, variableOf(name)]));
}

/** A password is given, and said not to be wanted: neither is guessed. */
function passwordProblems(args: Arguments): readonly string[] {
  const isContradiction = args['auth'] === false && givesPassword(args);
  return isContradiction ? ['--auth is off, and a password is given; leave out one of them'] : [];
}

/** The checked spec; what exists already stands in for the defaults. */
export function resolveSaid(said: Said, existing: TopologySpec | undefined): Resolved {
  const layers = existing === undefined ? said.layers : [...said.layers, recordedLayer(existing)];
  return resolveSpec(layers, said.problems);
}

/**
 * The name of the topology that a verb is about.
 * @throws RsentError `spec` when it could not be the name of one, with all else that is wrong
 */
export function nameOf(said: Said): string {
  const layer = said.layers.find(({ values }) => values['name'] !== undefined);
  const name = layer?.values['name'] ?? DEFAULT_TOPOLOGY;
  const checked = FIELDS.name.safeParse(name);
  if (checked.success) {
    asked.topology = checked.data;
    return checked.data;
  }
  const legal = checked.error.issues[0]?.message;
  const problem = `${layer?.where('name')} is ${shown(name)}; legal is ${legal}`;
  const values = said.layers.flatMap((each) => Object.values(each.values));
  const isAlone = values.filter((value) => value !== undefined).length === 1;
  if (!isAlone || said.problems.length > 0) resolveSpec(said.layers, said.problems);
  throw new RsentError('spec', `${problem}.`, { hint: 'Nothing was done.' });
}

/**
 * The name of the topology of a verb that needs no more; a spec file that it is read from is
 * checked whole.
 * @throws RsentError `spec` with every problem at once
 */
export async function readName(args: Arguments): Promise<string> {
  return checkedName(await readSaid(args));
}

/**
 * The name of the topology in what was read already, a spec file checked whole.
 * @throws RsentError `spec` with every problem at once
 */
export function checkedName(said: Said): string {
  const name = nameOf(said);
  return said.layers.length > 1 ? resolveSpec(said.layers, said.problems).spec.name : name;
}

/**
 * A duration flag that is no part of the spec, in ms.
 * @throws RsentError `usage` when it is none
 */
export function durationFlag(args: Arguments, key: string, fallbackMs: number): number {
  return durationOf(args, key) ?? fallbackMs;
}

/** The same; undefined when it is not given. */
export function durationOf(args: Arguments, key: string): number | undefined {
  const value = args[key];
  if (value === undefined) return undefined;
  const ms = parseDuration(String(value));
  if (ms !== undefined) return ms;
  throw new RsentError(
    'usage',
    `--${key} is ${shown(value)}; legal is a duration such as 500ms, 5s or 3m.`,
  );
}

/** With paths as seen from where they were written down. Who names a certificate wants TLS. */
function located(values: Layer['values'], from: string): Layer['values'] {
  const paths = PATHS.map((key) => [key, absolute(values[key], from)] as const);
  const said = paths.filter(([, path]) => path !== undefined);
  const tls = said.some(([key]) => key.startsWith('tls')) && values['tls'] === undefined;
  return { ...values, ...Object.fromEntries(said), ...(tls ? { tls } : {}) };
}

/** A path as seen from the place where it was written down; anything else stays for the checks. */
function absolute(path: unknown, from: string): unknown {
  return typeof path === 'string' && path !== '' ? resolve(from, path) : path;
}

/** Flags come as text; what looks like a number is one where a number is wanted. */
function flagValue(args: Arguments, key: string): unknown {
  const value = args[key];
  if (LINES.includes(key) && typeof value === 'string') return [value];
  const isNumber =
    NUMBERS.includes(key) && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
  return isNumber ? Number(value) : value;
}
