import type { Argv } from 'yargs';
import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import { notBoolean, parseBoolean } from '../spec/boolean.js';
import { type DeclaredOptions, type Option, readTyped } from './typed.js';

/** Options of every verb that works on a topology. */
export const COMMON = {
  file: {
    alias: 'f',
    type: 'string',
    describe: 'spec file (see rsent init); flags win over it',
    requiresArg: true,
  },
  'data-dir': {
    type: 'string',
    describe: 'where topologies keep conf and data',
    requiresArg: true,
  },
  json: { type: 'boolean', describe: 'print one JSON document instead of text' },
  debug: { type: 'boolean', describe: 'show the stack of an error', hidden: true },
} as const satisfies DeclaredOptions;

/** For verbs whose words may be nodes as well; no variable stands in for it, as a word is one way to say it. */
export const NAME: Option = {
  ...text('the topology, where its name reads like that of a node or a role'),
  noVariable: true,
};

/** A certificate of the user's own, for every node the same. */
export const CERTIFICATE = {
  'tls-cert': text('file with your own certificate for every node (PEM)'),
  'tls-key': text('file with its key, without a passphrase (PEM)'),
  'tls-ca': text('file with the authority that signed it, for nodes to trust (PEM)'),
} as const satisfies DeclaredOptions;

/** Flags that say what a topology should be; checked with the spec file, all at once. */
export const SPEC = {
  image: text('image of Redis or Valkey'),
  replicas: text('number of replicas (2)'),
  sentinels: text('number of Sentinels, odd and at least 3 (3)'),
  quorum: text('Sentinels that must agree that the master is gone (the majority)'),
  'master-name': text('the name under which clients ask for the master (mymaster)'),
  profile: text('timings: seed (30 s, 3 min), dev (5 s, 30 s) or ci (2 s, 10 s)'),
  'down-after': text('silence after which a node counts as down: 5s, 500ms'),
  'failover-timeout': text('limit of one failover attempt: 30s, 3m'),
  'parallel-syncs': text('replicas that may resync at the same time (1)'),
  'min-replicas-to-write': text('replicas that a master must hear from to take writes (1; 0: off)'),
  'min-replicas-max-lag': text('seconds after which a silent replica no longer counts (1)'),
  'redis-port': text('first port published for data nodes (6379, or the next free ones)'),
  'sentinel-port': text('first port published for Sentinels (26379, or the next free ones)'),
  clients: text('where clients run: host (this one), containers or lan (other machines)'),
  address: text('address of this host that is announced to clients on other machines'),
  network: text('form of the network: bridge, pod or announce (chosen by where clients run)'),
  join: text('network of the engine to live on, with --clients containers'),
  storage: text(
    'where conf and data are: directory or volume (volume where the engine is elsewhere)',
  ),
  auth: { type: 'boolean', describe: 'a strong password on every data node and Sentinel' },
  acl: {
    type: 'boolean',
    describe: 'a user of its own for replication, Sentinel, rsent and the application',
  },
  tls: {
    type: 'boolean',
    describe: 'TLS on every port and between the nodes, with a CA of its own',
  },
  ...CERTIFICATE,
  publish: text('address of this host to publish ports on (127.0.0.1; wider needs --auth)'),
  memory: text('memory limit of each container: 256mb, 2gb (none)'),
  maxmemory: text('Redis’s own limit for its data: 200mb (none)'),
  fsync: text('when a write is on disk: everysec, or always, before it is acknowledged (everysec)'),
  'redis-config': many('a further directive for every data node: "save 900 1"'),
  'sentinel-config': many('a further directive for every Sentinel: "loglevel debug"'),
  pids: text('limit of processes and threads of each container (256)'),
  'log-file': {
    ...text('log into this file of each node’s data directory instead of the container log'),
    mayBeEmpty: true,
  },
  templates: text('directory with a redis.conf.hbs or sentinel.conf.hbs of your own'),
  'allow-unsafe': { type: 'boolean', describe: 'allow counts that cannot survive a loss' },
} as const satisfies DeclaredOptions;

/** Where a password may come from; never from a flag itself, which every user of the machine can read. */
export const PASSWORD = {
  'password-file': text(
    'file with the password to use (- for stdin); RSENT_PASSWORD is the other way',
  ),
  'ask-password': { type: 'boolean', describe: 'ask for the password' },
} as const satisfies DeclaredOptions;

/** An option with a text for its value. */
export function text(describe: string): Option & { type: 'string' } {
  return { type: 'string', describe, requiresArg: true };
}

/** An option with a text for its value that may be given several times. */
export function many(describe: string): Option {
  return {
    string: true,
    describe: `${describe} (repeatable)`,
    requiresArg: true,
    repeatable: true,
  };
}

/** Where `parse` leaves the words of the command line for `declare`. */
export const WORDS = Symbol('words as they were typed');

/** The options that no flag names, and a variable says. */
export const VARIABLES = Symbol('options that are said by a variable');

/** The variable that stands for an option. */
export function variableOf(name: string): string {
  return `RSENT_${name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Declare a verb's options. Each also has an environment variable, RSENT_ and its name in
 * capitals, which a flag wins over.
 * The arguments are refused with `usage`, and every problem at once, where an option is not known,
 * has no value, is given twice, or is neither on nor off.
 */
export function declare<T>(yargs: Argv<T>, options: DeclaredOptions): Argv<T> {
  return yargs.options(options).middleware((argv: Record<string, unknown>) => {
    const problems = [...takeSwitches(argv, options), ...takeVariables(argv, options)];
    if (problems.length === 0) return;
    const text = problems.map((each) => `${each}.`).join('\n');
    throw new RsentError('usage', text, { hint: 'Nothing was done.' });
  }, true) as Argv<T>;
}

/** What stands on the command line; yargs knows no more of it than true and anything else. */
function takeSwitches(argv: Record<string, unknown>, options: DeclaredOptions): readonly string[] {
  const words = (argv as Arguments)[WORDS] ?? [];
  const { switches, problems } = readTyped(words, options);
  for (const [name, said] of switches) assign(argv, name, said);
  return problems;
}

/** What variables say of options that no flag names. An empty one says nothing. */
function takeVariables(argv: Record<string, unknown>, options: DeclaredOptions): string[] {
  return Object.entries(options).flatMap(([name, { type, noVariable }]) => {
    const variable = variableOf(name);
    const value = process.env[variable];
    if (noVariable || value === undefined || value === '' || argv[name] !== undefined) return [];
    const said = type === 'boolean' ? parseBoolean(value) : value;
    if (said === undefined) return [`${variable} ${notBoolean(name, value)}`];
    assign(argv, name, said);
    (argv as { [VARIABLES]?: string[] })[VARIABLES] = [
      ...((argv as Arguments)[VARIABLES] ?? []),
      name,
    ];
    return [];
  });
}

function assign(argv: Record<string, unknown>, name: string, value: unknown): void {
  argv[name] = argv[camel(name)] = value;
}

/**
 * The text of an option.
 * @throws RsentError `usage` when it is given twice
 */
export function once(argv: Arguments, name: string): string | undefined {
  const value = argv[name] ?? argv[camel(name)];
  if (value === undefined || typeof value === 'string') return value;
  throw new RsentError('usage', `--${name} is ${shown(value)}; it can be given once.`, {
    hint: 'Nothing was done.',
  });
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The name of the topology, as the only positional. */
export function withName<T>(yargs: Argv<T>) {
  return yargs.positional('name', { type: 'string', describe: 'name of the topology (rsent)' });
}

/** Arguments as yargs parses them, before anyone has checked them. */
export type Arguments = Readonly<Record<string, unknown>> & {
  readonly [WORDS]?: readonly string[];
  readonly [VARIABLES]?: readonly string[];
};
