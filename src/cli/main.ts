import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Pending } from '../flow/pending.js';
import { throwIfInterrupted } from '../flow/wait.js';
import { wordsOf } from '../host/disk-error.js';
import { packageRoot } from '../host/package-root.js';
import { exitCode, RsentError } from '../model/errors.js';
import { asked } from './asked.js';
import { onLoss } from './outlet.js';
import { output } from './output.js';
import { asksForHelp, ownWords } from './own-words.js';
import type { Session } from './session.js';

/** The exit code where the answer did not get through, whatever it was. */
const UNHEARD = 2;

/**
 * The whole program: the only place that prints errors or decides how the process exits.
 * @param argv what follows the program's name
 * @param watch hears of the steps of plans
 * @param stays true where the process has something else to do afterwards
 */
export async function main(
  argv: readonly string[],
  watch: Pick<Session, 'onStep'> = {},
  stays = false,
): Promise<void> {
  const controller = new AbortController();
  // A verb waits for as many nodes at once as there are.
  setMaxListeners(0, controller.signal);
  const session: Session = {
    ...watch,
    signal: controller.signal,
    exitCode: 0,
    onlyLooking: true,
    pending: new Pending(),
    giveUp: (reason) => {
      controller.abort(reason);
      endSoon(() => cutShort(session, argv, reason));
    },
    isTold: false,
    endings: [],
  };
  asked.topology = undefined;
  hearOfOutput();
  interruptible(session, controller, argv);
  try {
    // A signal that came while all this was loaded is heard in the next whole turn.
    await nextTurn();
    await nextTurn();
    throwIfInterrupted(controller.signal);
    session.onlyLooking = false;
    requireWorkingDirectory();
    if (asksForVersion(argv)) await tellVersion(argv);
    else await (await import('./parse.js')).parse(argv, session);
    output.end();
  } catch (error) {
    await tell(error, argv);
    // Whatever else went wrong after an interruption, it is what ended the verb.
    session.exitCode = isInterrupted(controller.signal) ? INTERRUPTED : exitCode(error);
  }
  session.isTold = true;
  // What fails here has been told already: the verb itself cannot have gone well.
  await Promise.allSettled(session.endings.map((end) => end()));
  if (process.exitCode !== UNHEARD) process.exitCode = session.exitCode;
  if (!stays) endWhenWritten();
}

/** Whatever fails of the output, what is under way goes on to its end. */
function hearOfOutput(): void {
  onLoss(process.stdout, (error) => {
    process.exitCode = UNHEARD;
    output.say(`The answer could not be written to stdout: ${wordsOf(error)}.`);
    output.say('It is missing or cut short. What was to be changed was gone on with all the same.');
  });
  // Nobody can be told of it; the answer and the exit code still say how it went.
  onLoss(process.stderr, () => undefined);
}

const INTERRUPTED = 130;

/** True after a signal; a run that is given up has a reason of its own. */
function isInterrupted({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(reason instanceof RsentError);
}

/** With what comes after it, less than the 5 s in which every verb ends. */
const CLEAN_UP_MS = 4500;
/** Enough to write a few lines. */
const LAST_WORDS_MS = 300;

/**
 * Aborted at the first signal. The clean-up that follows is cut short by a second one, and by the
 * clock: it may need an engine that does not answer. A terminal that is closed says SIGHUP.
 */
function interruptible(
  session: Session,
  controller: AbortController,
  argv: readonly string[],
): void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (session.onSignal !== undefined) {
      session.onSignal(signal);
      return;
    }
    const end = () => cutShort(session, argv);
    if (controller.signal.aborted) {
      end();
      return;
    }
    if (!session.onlyLooking) {
      output.say('Interrupted: cleaning up (once more to quit at once, and leave what is there).');
    }
    controller.abort();
    endSoon(end);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}

function endSoon(end: () => void): void {
  setTimeout(end, CLEAN_UP_MS).unref();
}

/** End now, whatever is under way, and say what is left and what puts it right. */
function cutShort(session: Session, argv: readonly string[], why?: RsentError): void {
  if (session.isTold) {
    endNow(session.exitCode);
    return;
  }
  const all = session.pending.all();
  const left = all.map(({ what }) => ` ${what}`).join('');
  const hint = [why?.hint, ...session.pending.remedies()].filter(Boolean).join('\n');
  const message = `${why?.message ?? 'Interrupted.'}${left}`;
  const error = new RsentError(why?.kind ?? 'interrupted', message, hint === '' ? {} : { hint });
  const end = () => endNow(exitCode(error));
  setTimeout(end, LAST_WORDS_MS);
  tell(error, argv).then(end, end);
}

/** Nothing that is left open, as a connection to an engine that is frozen, keeps the process. */
function endWhenWritten(): void {
  const unwritten = () => process.stdout.writableLength + process.stderr.writableLength;
  const timer = setInterval(() => {
    if (unwritten() === 0 && !isHeld()) process.exit();
  }, LAST_WORDS_MS);
  timer.unref();
}

/** Calls that the kernel may hold for ever, as the opening of a FIFO. */
const HELD = /^(FSReq|GetAddrInfoReq)/;

function isHeld(): boolean {
  return process.getActiveResourcesInfo().some((each) => HELD.test(each));
}

function endNow(code: number): void {
  if (code !== INTERRUPTED || !isHeld()) process.exit(code);
  // Most calls are over in a moment.
  setTimeout(() => {
    if (!isHeld()) process.exit(code);
    // node would wait for it before it exits; a signal does not, and a shell calls it 130.
    process.removeAllListeners('SIGINT');
    process.kill(process.pid, 'SIGINT');
  }, LAST_WORDS_MS);
}

async function tell(error: unknown, argv: readonly string[]): Promise<void> {
  const [{ errorDocument, sayError }, { jsonFormOf }] = await Promise.all([
    import('./failure.js'),
    import('./json-form.js'),
  ]);
  const form = jsonFormOf(argv, process.env);
  if (form === 'lines') output.jsonLine(errorDocument(error));
  else output.end(form === 'document' ? errorDocument(error) : undefined);
  sayError(error, ownWords(argv).includes('--debug'));
}

/**
 * Whoever reads the command line asks where it is run, at once.
 * @throws RsentError `usage` in a directory that somebody has removed
 */
function requireWorkingDirectory(): void {
  try {
    process.cwd();
  } catch {
    throw new RsentError('usage', 'The directory that rsent is run in is gone.', {
      hint: 'Nothing was done. Go to one that is there (cd), and run it again.',
    });
  }
}

/** Its help, if that is asked for as well, goes before. */
function asksForVersion(argv: readonly string[]): boolean {
  if (asksForHelp(argv) || argv[0] === 'help') return false;
  const own = ownWords(argv);
  return own.includes('--version') || own[0] === '-V';
}

async function tellVersion(argv: readonly string[]): Promise<void> {
  const isPlain = argv.length === 1 && process.env['RSENT_JSON'] === undefined;
  const form = isPlain ? 'text' : (await import('./json-form.js')).jsonFormOf(argv, process.env);
  const document = { schemaVersion: 1, version: version() };
  if (form === 'text') output.answer(version());
  else if (form === 'lines') output.jsonLine(document);
  else output.json(document);
}

function version(): string {
  const content: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  const found = typeof content === 'object' && content !== null && 'version' in content;
  return found ? String(content.version) : 'unknown';
}
