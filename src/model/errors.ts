import { named } from './named.js';
import { bounded } from './shown.js';

/** Where a failure comes from; decides the exit code (see `exitCode`). */
export type ErrorKind =
  | 'usage'
  | 'spec'
  | 'engine'
  | 'topology'
  | 'refused'
  | 'unhealthy'
  | 'interrupted'
  | 'bug';

export interface ErrorDetails {
  /** What the user can do next, as one or more full sentences or a command. */
  readonly hint?: string;
  /** A file to look at, and the sentence that ends the hint with it. */
  readonly file?: { readonly path: string; readonly text: string };
  readonly cause?: unknown;
}

/** The only error rsent throws on purpose: what happened, and what to do about it. */
export class RsentError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly file: ErrorDetails['file'];
  readonly #details: ErrorDetails;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(bounded(message), { cause: details.cause });
    this.name = 'RsentError';
    this.kind = kind;
    const lines = [details.hint, details.file?.text].filter((line) => line !== undefined);
    this.hint = lines.length === 0 ? undefined : bounded(lines.join('\n'));
    this.file = details.file;
    this.#details = details;
  }

  /** This error where the file that it names is gone. */
  withoutFile(): RsentError {
    const { file: _, ...details } = this.#details;
    return new RsentError(this.kind, this.message, details);
  }

  /** This error with commands that can be typed as they are, for the topology that it is about. */
  about(topology: string): RsentError {
    const { hint, ...details } = this.#details;
    const about = new RsentError(this.kind, named(this.message, topology), {
      ...details,
      ...(hint === undefined ? {} : { hint: named(hint, topology) }),
    });
    if (this.stack !== undefined) about.stack = this.stack;
    return about;
  }
}

/**
 * Exit code of a failure: 1 when rsent looked and the answer is no, 130 when interrupted,
 * 2 when it could not run.
 */
export function exitCode(error: unknown): number {
  if (!(error instanceof RsentError)) return 2;
  if (error.kind === 'refused' || error.kind === 'unhealthy') return 1;
  return error.kind === 'interrupted' ? 130 : 2;
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a system error (`ENOENT`, `ECONNREFUSED` …), or undefined. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
