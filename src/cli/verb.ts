import type { Argv } from 'yargs';
import type { Arguments } from './options.js';

/** What a verb takes, and what it does. Its name and its line in the help are in verbs.ts. */
export interface Verb {
  readonly builder: (yargs: Argv) => Argv;
  readonly handler: (args: Arguments) => void | Promise<void>;
}
