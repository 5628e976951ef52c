import { load } from './load.js';

/** Those that end every verb in order (src/cli/main.ts). */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Load the bundle of the command line and run it. node itself would end at a signal at once, with
 * no word and a code of its own; to load the bundle takes a moment, and it hears of them only then.
 * @param {string} path of the bundle
 * @param {readonly string[]} argv what follows the program's name
 */
export async function run(path, argv) {
  let early;
  const remember = (signal) => {
    early ??= signal;
  };
  for (const signal of SIGNALS) process.on(signal, remember);
  const ended = load(path, argv[0]).main(argv);
  for (const signal of SIGNALS) process.off(signal, remember);
  if (early !== undefined) process.emit(early, early);
  await ended;
}
