import yargs, { type CommandModule } from 'yargs';
import { RsentError } from '../model/errors.js';
import type { Session } from './session.js';
import type { Verb } from './verb.js';
import { type NamedVerb, VERBS } from './verbs.js';

/**
 * Understand the command line and run the verb that it names.
 * @throws RsentError `usage` when it cannot be understood; whatever the verb throws
 */
export async function parse(
  argv: readonly string[],
  session: Session,
  version: string,
): Promise<void> {
  let misuse: string | undefined;
  const parser = yargs([...argv])
    .scriptName('rsent')
    .usage(
      '$0 <verb> [name]\n\nA real Redis Sentinel topology on Docker: made, proven, broken on purpose, healed.',
    )
    .command(VERBS.map((verb) => commandOf(verb, session, afterDashes(argv))))
    .parserConfiguration({ 'populate--': true })
    .middleware(rejectAfterDashes, true)
    .demandCommand(1, 'Say what to do: one of the verbs.')
    .strict()
    .version(version)
    .help()
    .wrap(Math.min(100, process.stderr.columns ?? 80))
    .exitProcess(false)
    .fail((message, error) => {
      if (error) throw error;
      misuse = message;
      throw new RsentError('usage', message, {
        hint: 'rsent --help lists the verbs; rsent VERB --help its options.',
      });
    });
  await parser.parseAsync();
  if (misuse !== undefined) throw new RsentError('usage', misuse);
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
    handler: (args) => verb?.handler(args),
  };
}

/** As it was typed: yargs would make 1000 of 1e3. */
function afterDashes(argv: readonly string[]): readonly string[] {
  return argv.includes('--') ? argv.slice(argv.indexOf('--') + 1) : [];
}

/**
 * What follows `--` is for the command that `exec` runs, or for redis-cli. It would otherwise be
 * passed over, and the verb act on the default topology.
 */
function rejectAfterDashes(argv: Record<string, unknown>): void {
  const rest = argv['--'];
  const [verb] = Array.isArray(argv['_']) ? argv['_'] : [];
  if (!Array.isArray(rest) || rest.length === 0 || verb === 'cli' || verb === 'exec') return;
  throw new RsentError('usage', `Nothing may follow --, but ${rest.join(' ')} does.`);
}
