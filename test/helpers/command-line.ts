import type { EventEmitter } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Argv } from 'yargs';
import { main } from '../../src/cli/main.js';
import type { Session } from '../../src/cli/session.js';
import type { DeclaredOptions, Option } from '../../src/cli/typed.js';
import type { Verb } from '../../src/cli/verb.js';
import { VERBS } from '../../src/cli/verbs.js';

/** What one run of the command line left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Run the command line in this process, without a terminal.
 * @param argv what follows the program's name
 * @param variables of its environment: no other RSENT_… and DOCKER_… are set
 */
export async function run(
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += String(text);
      return true;
    }),
  );
  const log = jest.spyOn(console, 'log').mockImplementation((text) => {
    said.stdout += `${text}\n`;
  });
  const restore = [keepEnvironment(variables), keepListeners(), keepTerminal()];
  try {
    await main(argv, {}, true);
    return { code: Number(process.exitCode ?? 0), ...said };
  } finally {
    process.exitCode = undefined;
    for (const back of restore) back();
    for (const spy of [...spies, log]) spy.mockRestore();
  }
}

function keepEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const before = { ...process.env };
  const set = (all: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) {
      if (/^(RSENT|DOCKER)_/.test(name)) delete process.env[name];
    }
    Object.assign(process.env, all);
  };
  set(variables);
  return () => {
    for (const name of Object.keys(variables)) delete process.env[name];
    set(before);
  };
}

/** A process runs `main` once; here it runs hundreds of times. */
function keepListeners(): () => void {
  const watched: readonly (readonly [EventEmitter, string])[] = [
    [process, 'SIGINT'],
    [process, 'SIGTERM'],
    [process, 'SIGHUP'],
    [process.stdout, 'error'],
    [process.stderr, 'error'],
  ];
  const before = watched.map(([from, event]) => from.listeners(event));
  return () => {
    for (const [i, [from, event]] of watched.entries()) {
      for (const listener of from.listeners(event)) {
        if (!before[i]?.includes(listener)) from.off(event, listener as () => void);
      }
    }
  };
}

function keepTerminal(): () => void {
  const before = process.stdin.isTTY;
  Object.defineProperty(process.stdin, 'isTTY', { value: false, configurable: true });
  return () => Object.defineProperty(process.stdin, 'isTTY', { value: before, configurable: true });
}

/** A verb, with all that can be said of it. */
export interface KnownVerb {
  /** `down`, or `export compose`. */
  readonly words: readonly string[];
  /** With what it needs besides, as it has to be typed at least. */
  readonly typed: readonly string[];
  readonly options: DeclaredOptions;
}

/** Every verb that there is, those with a second word each for itself. */
export async function allVerbs(): Promise<readonly KnownVerb[]> {
  const all: KnownVerb[] = [];
  for (const { command, load } of VERBS) {
    const [word = ''] = [command].flat();
    const verb = (await load())({ endings: [] } as unknown as Session, []);
    all.push(...declared([nameOf(word)], word, verb.builder));
  }
  return all;
}

/**
 * Load what verbs load when they run, one after the other: jest cannot link two modules at once
 * that import the same ones.
 */
export async function loadEverything(): Promise<void> {
  const root = join(import.meta.dirname, '../../src');
  const rooms = ['report', 'host', 'engine', 'flow', 'cli'];
  for (const room of rooms) {
    const files = await readdir(join(root, room), { recursive: true });
    for (const file of files.filter((each) => each.endsWith('.ts')).sort()) {
      await import(join(root, room, file));
    }
  }
}

function nameOf(command: string): string {
  return command.split(' ')[0] ?? '';
}

/** What a builder tells yargs. */
function declared(
  words: readonly string[],
  command: string,
  builder: Verb['builder'],
): KnownVerb[] {
  const typed = command.includes('<target>') ? [...words, 'redis-1'] : words;
  const subverbs: KnownVerb[] = [];
  const options: Record<string, Option> = {};
  const recorder: Argv = new Proxy({} as Argv, {
    get: (_, method) => (argument: unknown) => {
      if (method === 'options') Object.assign(options, argument);
      if (method === 'command') {
        const sub = argument as { readonly command: string; readonly builder: Verb['builder'] };
        subverbs.push(...declared([...words, nameOf(sub.command)], sub.command, sub.builder));
      }
      return recorder;
    },
  });
  builder(recorder);
  return subverbs.length > 0 ? subverbs : [{ words, typed, options }];
}
