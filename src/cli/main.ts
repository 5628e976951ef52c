import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../host/package-root.js';
import { exitCode, messageOf, RsentError } from '../model/errors.js';
import { onLoss } from './outlet.js';
import { output } from './output.js';
import type { Session } from './session.js';

/** The exit code where the answer did not get through, whatever it was. */
const UNHEARD = 2;

/**
 * The whole program: the only place that prints errors or decides how the process exits.
 * @param argv what follows the program's name
 * @param watch hears of the steps of plans
 */
export async function main(
  argv: readonly string[],
  watch: Pick<Session, 'onStep'> = {},
): Promise<void> {
  const controller = new AbortController();
  // A verb waits for as many nodes at once as there are.
  setMaxListeners(0, controller.signal);
  const session: Session = {
    ...watch,
    signal: controller.signal,
    exitCode: 0,
    onlyLooking: false,
    endings: [],
  };
  hearOfOutput();
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    output.answer(version());
    return;
  }
  interruptible(session, controller);
  try {
    const { parse } = await import('./parse.js');
    await parse(argv, session, version());
  } catch (error) {
    await tell(error, ownWords(argv));
    session.exitCode = exitCode(error);
  }
  // What fails here has been told already: the verb itself cannot have gone well.
  await Promise.allSettled(session.endings.map((end) => end()));
  if (process.exitCode !== UNHEARD) process.exitCode = session.exitCode;
}

/** Whatever fails of the output, what is under way goes on to its end. */
function hearOfOutput(): void {
  onLoss(process.stdout, (error) => {
    process.exitCode = UNHEARD;
    output.say(`The answer could not be written to stdout: ${messageOf(error)}`);
    output.say('It is missing or cut short. What was to be changed was gone on with all the same.');
  });
  // Nobody can be told of it; the answer and the exit code still say how it went.
  onLoss(process.stderr, () => undefined);
}

/** Aborted at the first Ctrl-C; the clean-up that follows can only be cut short by a second one. */
function interruptible(session: Session, controller: AbortController): void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (session.onSignal !== undefined) {
      session.onSignal(signal);
      return;
    }
    if (controller.signal.aborted) process.exit(130);
    if (!session.onlyLooking) {
      output.say('Interrupted: cleaning up (once more to quit at once, and leave what is there).');
    }
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

/** What follows `--` is for others: redis-cli has a --json, too. */
function ownWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

async function tell(error: unknown, argv: readonly string[]): Promise<void> {
  const { harmless } = await import('../report/text.js');
  const known = error instanceof RsentError ? error : undefined;
  const message = messageOf(error);
  if (argv.includes('--json')) {
    const kind = known?.kind ?? 'bug';
    output.json({ schemaVersion: 1, error: { kind, message, hint: known?.hint ?? null } });
  }
  output.say(harmless(known === undefined ? `rsent failed unexpectedly: ${message}` : message));
  if (known?.hint !== undefined) output.say(harmless(known.hint));
  if (argv.includes('--debug') && error instanceof Error) output.say(harmless(error.stack ?? ''));
  else if (known === undefined) output.say('Run it again with --debug to see where.');
}

function version(): string {
  const content: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  const found = typeof content === 'object' && content !== null && 'version' in content;
  return found ? String(content.version) : 'unknown';
}
