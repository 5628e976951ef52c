import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { codeOf, RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';

/** Calls the listener with each signal that arrives, instead of what it would do else. */
export type SignalSource = (listener: (signal: NodeJS.Signals) => void) => void;

export interface Ended {
  /** Its exit code; 128 and the number of the signal that ended it, as a shell says it. */
  readonly code: number;
}

/**
 * Run a command with this process's own stdin, stdout and stderr, until it ends.
 * @param changes variables to add to the environment; undefined takes one away
 * @param signals passed on to it
 * @throws RsentError `usage` when it cannot be started
 */
export function runCommand(
  [program = '', ...args]: readonly string[],
  changes: Readonly<Record<string, string | undefined>>,
  signals: SignalSource,
): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries({ ...process.env, ...changes }).filter(([, value]) => value !== undefined),
  );
  return new Promise((resolve, reject) => {
    const child = started(program, args, env);
    signals((signal) => {
      if (!heardItself(signal)) child.kill(signal);
    });
    child.on('error', (error) => reject(notStarted(program, error)));
    child.on('close', (code, signal) => {
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) });
    });
  });
}

/** node refuses some words before the system is asked. */
function started(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  try {
    return spawn(program, args, { stdio: 'inherit', env });
  } catch (error) {
    throw notStarted(program, error);
  }
}

/** Ctrl-C goes to all that a terminal runs; programs take a second one for impatience. */
function heardItself(signal: NodeJS.Signals): boolean {
  const onTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  return signal === 'SIGINT' && onTerminal;
}

function notStarted(program: string, error: unknown): RsentError {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such command',
    EACCES: 'it is no program, or you may not run it',
    E2BIG: 'its words, or its environment, are too long',
    ERR_INVALID_ARG_VALUE: 'there can be no such command',
  };
  const why = words[codeOf(error) ?? ''] ?? `the system refuses it (${codeOf(error) ?? 'no code'})`;
  return new RsentError('usage', `${shown(program)} cannot be run: ${why}.`, {
    hint: 'It is run as it is, without a shell: sh -c "…" runs one.',
    cause: error,
  });
}
