import type { Options } from 'yargs';
import { shown } from '../model/shown.js';
import { BOOLEAN_FORMS, notBoolean, parseBoolean } from '../spec/boolean.js';
import { nearest } from './near.js';
import { ownWords } from './own-words.js';

/** An option of a verb: what yargs knows of it, and what it does not. */
export type Option = Options & {
  /** May be given several times. */
  readonly repeatable?: true;
  /** An empty value has a meaning of its own. */
  readonly mayBeEmpty?: true;
  /** No RSENT_… stands in for it. */
  readonly noVariable?: true;
};

export type DeclaredOptions = Readonly<Record<string, Option>>;

/** What the words of a command line say of its options. */
export interface Typed {
  /** Each option that is on or off, by its name, as the last word on it says. */
  readonly switches: ReadonlyMap<string, boolean>;
  readonly problems: readonly string[];
}

/** yargs has them for every verb. */
const ALWAYS: DeclaredOptions = {
  help: { type: 'boolean', alias: 'h' },
  version: { type: 'boolean' },
};

/**
 * Read the options again, more strictly than yargs does: it takes `--yes=off` and `--auth=on` for
 * off, and passes over what it cannot place.
 * @param words as they were typed; those after `--` are for others
 * @param options what the verb takes, by name
 */
export function readTyped(words: readonly string[], options: DeclaredOptions): Typed {
  return new Reader(ownWords(words), { ...ALWAYS, ...options }).read();
}

/** One option as it stands in a word. */
interface Mention {
  readonly option: string;
  /** As it was typed. */
  readonly as: string;
  /** What stands behind `=`. */
  readonly value?: string | undefined;
}

class Reader {
  readonly #words: readonly string[];
  readonly #options: DeclaredOptions;
  readonly #byName: ReadonlyMap<string, string>;
  readonly #switches = new Map<string, boolean>();
  readonly #given = new Set<string>();
  readonly #problems = new Set<string>();
  #at = 0;

  constructor(words: readonly string[], options: DeclaredOptions) {
    this.#words = words;
    this.#options = options;
    this.#byName = new Map(
      Object.entries(options).flatMap(([name, { alias }]) =>
        [name, ...(typeof alias === 'string' ? [alias] : [])].map((each) => [each, name] as const),
      ),
    );
  }

  read(): Typed {
    while (this.#at < this.#words.length) {
      const word = this.#words[this.#at++] ?? '';
      if (word.startsWith('--')) this.#long(word);
      else if (/^-[^\d]/.test(word)) this.#short(word);
    }
    return { switches: this.#switches, problems: [...this.#problems] };
  }

  #long(word: string): void {
    const [typed, value] = atEqualSign(word.slice(2));
    const [name, as] = [kebab(typed), `--${typed}`];
    const known = name.length > 1 ? this.#byName.get(name) : undefined;
    if (known !== undefined) this.#mention({ option: known, as, value });
    else if (!this.#negated(name, as, value)) this.#unknown(as);
  }

  /** True when it is `--no-` and an option. */
  #negated(name: string, as: string, value: string | undefined): boolean {
    const option = this.#byName.get(name.replace(/^no-/, ''));
    if (option === undefined || !name.startsWith('no-')) return false;
    if (!this.#isSwitch(option)) {
      this.#problems.add(`${as} is no option: --${option} needs a value and cannot be turned off`);
    } else if (value !== undefined) {
      this.#problems.add(`${as} takes no value; --${option} does: ${BOOLEAN_FORMS}`);
    } else {
      this.#set(option, false);
    }
    return true;
  }

  /** Letters that are on or off may stand together; one with a value stands last. */
  #short(word: string): void {
    const [letters, value] = atEqualSign(word.slice(1));
    const all = [...letters];
    for (const [i, letter] of all.entries()) {
      const [option, as] = [this.#byName.get(letter), `-${letter}`];
      if (option === undefined) {
        this.#unknown(all.length > 1 ? word : as);
        return;
      }
      const isLast = i === all.length - 1;
      if (isLast) this.#mention({ option, as, value });
      else if (this.#isSwitch(option)) this.#set(option, true);
      else {
        this.#problems.add(`${shown(word)}: the value of ${as} stands in a word of its own`);
        return;
      }
    }
  }

  #mention(mention: Mention): void {
    if (this.#isSwitch(mention.option)) this.#switch(mention);
    else this.#valued(mention);
  }

  #switch({ option, as, value }: Mention): void {
    const next = this.#words[this.#at];
    if (value === undefined && (next === 'true' || next === 'false')) {
      // yargs has taken this word for the value, too.
      this.#at++;
      this.#set(option, next === 'true');
      return;
    }
    if (value === undefined && next !== undefined && parseBoolean(next) !== undefined) {
      this.#problems.add(`${as} ${next}: a value stands behind "=", as in --${option}=${next}`);
    }
    const said = value === undefined ? true : parseBoolean(value);
    if (said !== undefined) this.#set(option, said);
    else this.#problems.add(`${as} ${notBoolean(option, value)}`);
  }

  #set(option: string, said: boolean): void {
    const before = this.#switches.get(option);
    if (before !== undefined && before !== said) {
      this.#problems.add(`--${option} is said to be on and off`);
    }
    this.#switches.set(option, said);
  }

  #valued({ option, as, value: behind }: Mention): void {
    const value = behind ?? this.#next();
    const { mayBeEmpty, repeatable, choices, describe } = this.#options[option] ?? {};
    if (value === undefined || (value === '' && mayBeEmpty !== true)) {
      const fault = value === undefined ? 'needs a value' : 'is empty; it needs a value';
      this.#problems.add(`${as} ${fault}: ${describe ?? ''}`);
    } else if (choices !== undefined && !choices.includes(value)) {
      this.#problems.add(`--${option} is ${shown(value)}; legal is ${choices.join(', ')}`);
    }
    if (this.#given.has(option) && repeatable !== true) {
      this.#problems.add(`--${option} can be given once`);
    }
    this.#given.add(option);
  }

  /** The next word where it can be a value: `-` is one, and so is a negative number. */
  #next(): string | undefined {
    const word = this.#words[this.#at];
    if (word === undefined || /^-[^0-9]/.test(word)) return undefined;
    this.#at++;
    return word;
  }

  #isSwitch(option: string): boolean {
    return this.#options[option]?.type === 'boolean';
  }

  #unknown(as: string): void {
    const typed = kebab(as.replace(/^--?/, '').slice(0, 50));
    const names = Object.entries(this.#options).filter(([, { hidden }]) => hidden !== true);
    const near = nearest(
      typed.replace(/^no-/, ''),
      names.map(([name]) => name),
    );
    const meant = near === undefined ? '' : ` (did you mean --${near}?)`;
    this.#problems.add(`${shown(as)} is no option of this verb${meant}`);
  }
}

/** The name of an option, and what stands behind `=` if anything does. */
export function atEqualSign(text: string): readonly [name: string, value: string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** yargs takes --dryRun for --dry-run. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
