import { parseBoolean } from '../spec/boolean.js';
import { verbInFront } from './front.js';
import { ownWords } from './own-words.js';
import { atEqualSign } from './typed.js';

/** How the answer is printed: as text, as one JSON document, or as one in each line. */
export type JsonForm = 'text' | 'document' | 'lines';

/**
 * How the user wants the answer, known even where the command line cannot be understood otherwise:
 * whoever asks for JSON parses what comes, errors too.
 * @param argv what follows the program's name; what follows `--` is for others
 */
export function jsonFormOf(argv: readonly string[], env: NodeJS.ProcessEnv): JsonForm {
  const { verb, words } = verbInFront(argv);
  const own = ownWords(words);
  if (!isOn('json', own, env)) return 'text';
  const isWatch = verb === 'status' && (isOn('watch', own, env) || own.some(isShortWatch));
  return verb === 'logs' || isWatch ? 'lines' : 'document';
}

/** The last word on it, else its variable. A value that means neither is refused elsewhere. */
function isOn(name: string, words: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const said = words.flatMap((word, i) => {
    const [flag, value] = atEqualSign(word);
    if (flag === `--no-${name}`) return value === undefined ? [false] : [];
    if (flag !== `--${name}`) return [];
    return [value === undefined ? words[i + 1] !== 'false' : parseBoolean(value)];
  });
  const last = said.filter((each) => each !== undefined).at(-1);
  return last ?? parseBoolean(env[`RSENT_${name.toUpperCase()}`]) ?? false;
}

function isShortWatch(word: string): boolean {
  const [letters] = atEqualSign(word);
  return letters.startsWith('-') && !letters.startsWith('--') && letters.includes('w');
}
