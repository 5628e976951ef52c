import { shown } from '../model/shown.js';
import { nearest } from './near.js';
import { ownWords } from './own-words.js';

/** Options that are on or off, of any verb: no word behind them is their value. */
export const SWITCHES = [
  'acl',
  'allow-unsafe',
  'ask-password',
  'auth',
  'color',
  'debug',
  'deep',
  'dry-run',
  'follow',
  'force',
  'json',
  'manual',
  'nat',
  'plain',
  'recreate',
  'rollback',
  'show-password',
  'soak',
  'tls',
  'volumes',
  'watch',
  'yes',
  'help',
  'version',
] as const;

const SHORT_SWITCHES = ['-y', '-w', '-h'];

/** Verbs that only their second word makes complete. */
const SUBVERBS: Readonly<Record<string, readonly string[]>> = {
  export: ['compose'],
  image: ['pull', 'build'],
};

/** A command line with its verb in front. */
export interface Front {
  /** The word that stands where a verb belongs; absent where there is none. */
  readonly verb?: string;
  /** The second word of a verb that has one. */
  readonly subverb?: string;
  /** All words, options behind the verb; `--` and what follows as it was typed. */
  readonly words: readonly string[];
}

/**
 * Put the verb in front of options that were typed before it: yargs, which does not know yet which
 * of them are on or off, would take the verb for the value of one.
 */
export function verbInFront(argv: readonly string[]): Front {
  const own = ownWords(argv);
  const [lead, verb, rest] = leading(own);
  const hasSubverb = verb !== undefined && Object.hasOwn(SUBVERBS, verb);
  const [between, subverb, more] = hasSubverb ? leading(rest) : [[], undefined, rest];
  const front = [verb, subverb].filter((word) => word !== undefined);
  return {
    ...(verb === undefined ? {} : { verb }),
    ...(subverb === undefined ? {} : { subverb }),
    words: [...front, ...more, ...lead, ...between, ...argv.slice(own.length)],
  };
}

/** Options, the first word that belongs to none of them, and what follows that. */
function leading(words: readonly string[]): [readonly string[], string | undefined, string[]] {
  let at = 0;
  while (at < words.length && words[at]?.startsWith('-')) at += takesNext(words, at) ? 2 : 1;
  return [words.slice(0, at), words[at], words.slice(at + 1)];
}

function takesNext(words: readonly string[], at: number): boolean {
  const [word = '', next] = [words[at], words[at + 1]];
  if (word.includes('=') || next === undefined || /^-[^0-9]/.test(next)) return false;
  if (SHORT_SWITCHES.includes(word)) return false;
  const name = word.replace(/^--(no-)?/, '').replace(/[A-Z]/g, (each) => `-${each.toLowerCase()}`);
  const isSwitch = SWITCHES.some((each) => each === name);
  return isSwitch ? next === 'true' || next === 'false' : true;
}

/** What is wrong with the verb, with what to do about it; undefined when nothing is. */
export function verbProblem(
  { verb, subverb }: Front,
  verbs: readonly string[],
): { readonly message: string; readonly hint: string } | undefined {
  const list = 'rsent --help lists the verbs; rsent VERB --help its options.';
  if (verb === undefined) {
    return { message: 'Say what to do: rsent VERB, such as rsent up.', hint: list };
  }
  if (!verbs.includes(verb)) {
    const near = nearest(verb, verbs);
    const meant = near === undefined ? '' : ` Did you mean rsent ${near}?`;
    return { message: `There is no verb ${shown(verb)}.${meant}`, hint: list };
  }
  const seconds = SUBVERBS[verb];
  if (seconds === undefined || seconds.includes(subverb ?? '')) return undefined;
  const all = seconds.map((each) => `rsent ${verb} ${each}`).join(' or ');
  const saw = subverb === undefined ? 'More is needed' : `${verb} cannot ${shown(subverb)}`;
  return { message: `${saw}: say ${all}.`, hint: `rsent ${verb} --help lists what there is.` };
}
