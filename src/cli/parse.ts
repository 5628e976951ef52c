import yargs, { type CommandModule } from 'yargs';
import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import { type Front, verbInFront, verbProblem } from './front.js';
import { WORDS } from './options.js';
import { afterDashes, asksForHelp } from './own-words.js';
import type { Session } from './session.js';
import type { Verb } from './verb.js';
import { type NamedVerb, VERBS } from './verbs.js';

/**
 * Understand the command line and run the verb that it names.
 * @throws RsentError `usage` when it cannot be understood; whatever the verb throws
 */
export async function parse(argv: readonly string[], session: Session): Promise<void> {
  const front = verbInFront(argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv);
  const { verb, words } = front;
  if (!asksForHelp(words)) requireVerb(front);
  const fail = (message: string): never => {
    throw new RsentError('usage', ...misuse(verb, message, words));
  };
  let failed: string | undefined;
  // As it was typed: yargs would make 1000 of 1e3.
  const dashed = afterDashes(words);
  const parser = yargs([...words])
    .scriptName('rsent')
    .usage(
      '$0 <verb> [name]\n\nA real Redis Sentinel topology on Docker: made, proven, broken on purpose, healed.',
    )
    .command(VERBS.map((each) => commandOf(each, session, dashed)))
    .parserConfiguration({ 'populate--': true, 'dot-notation': false })
    .middleware((args: Record<string | symbol, unknown>) => {
      args[WORDS] = words;
      rejectAfterDashes(args);
    }, true)
    .strict()
    .detectLocale(false)
    .version(false)
    .option('version', { type: 'boolean', describe: 'Show version number' })
    .help()
    .alias('help', 'h')
    .wrap(Math.min(100, process.stderr.columns ?? 80))
    .exitProcess(false)
    .fail((message, error) => {
      if (error && error.name !== 'YError') throw error;
      failed = message ?? error?.message ?? '';
      fail(failed);
    });
  const act = await parser.parseAsync().then(() => undefined, actOf);
  await act?.();
  if (failed !== undefined) fail(failed);
}

/** @throws RsentError `usage` where the words do not begin with a verb that there is */
function requireVerb(front: Front): void {
  const verbs = VERBS.flatMap(({ command }) => command).map((each) => each.split(' ')[0] ?? '');
  const problem = verbProblem(front, verbs);
  if (problem !== undefined) throw new RsentError('usage', problem.message, problem);
}

/**
 * What yargs found wrong that `declare` did not: too few words behind the verb, or too many. Its own
 * words for that are not for people.
 */
function misuse(
  verb: string | undefined,
  message: string,
  words: readonly string[],
): [string, { readonly hint: string }] {
  const usage = VERBS.map(({ command }) => [command].flat()[0] ?? '').find(
    (each) => each.split(' ')[0] === verb,
  );
  const hint = `rsent ${verb} --help lists what it takes.`;
  const [, extra] = /^Unknown arguments?: (.*)$/s.exec(message) ?? [];
  if (extra === undefined) {
    return [`rsent ${verb} needs a word more: rsent ${usage}.`, { hint }];
  }
  const first = extra.split(', ')[0] ?? '';
  if (verb !== 'exec') {
    return [`${shown(first)} is one word too many for rsent ${usage}.`, { hint }];
  }
  const at = words.indexOf(first);
  const command = words.slice(at).join(' ');
  const name = at > 1 ? ` ${words[1]}` : '';
  return [
    'The command that exec runs stands behind two dashes.',
    { hint: `rsent exec${name} -- ${command}` },
  ];
}

/** @throws what was thrown, where it is anything else */
function actOf(thrown: unknown): Understood['act'] {
  if (thrown instanceof Understood) return thrown.act;
  throw thrown;
}

/** As yargs knows a verb: what it takes is loaded when it is named. */
function commandOf(
  { command, describe, load }: NamedVerb,
  session: Session,
  dashed: readonly string[],
): CommandModule {
  let verb: Verb | undefined;
  return {
    command,
    describe,
    builder: async (yargs) => {
      verb = (await load())(session, dashed);
      return verb.builder(yargs);
    },
    handler: (args) => {
      throw new Understood(async () => verb?.handler(args));
    },
  };
}

/**
 * Thrown out of the parser once it knows what to do: it would lay out the help of the verb while
 * that works.
 */
class Understood extends Error {
  readonly act: () => Promise<void>;

  constructor(act: () => Promise<void>) {
    super('understood');
    this.act = act;
  }
}

/**
 * What follows `--` is for the command that `exec` runs, or for redis-cli. It would otherwise be
 * passed over, and the verb act on the default topology.
 */
function rejectAfterDashes(argv: Record<string, unknown>): void {
  const rest = argv['--'];
  const [verb] = Array.isArray(argv['_']) ? argv['_'] : [];
  if (!Array.isArray(rest) || rest.length === 0 || verb === 'cli' || verb === 'exec') return;
  throw new RsentError('usage', `Nothing may follow --, but ${shown(rest.join(' '))} does.`);
}
