import type { PruneOptions } from '../../flow/prune.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent prune [name]` */
export function pruneCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(yargs.positional('name', { type: 'string', describe: 'only what is of this one' }), {
        'data-dir': COMMON['data-dir'],
        json: COMMON.json,
        debug: COMMON.debug,
        volumes: { type: 'boolean', describe: 'remove data too: volumes and directories' },
        yes: { alias: 'y', type: 'boolean', describe: 'do not ask' },
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const only = args['name'] === undefined ? {} : { only: await readName(args) };
  const options: PruneOptions = { ...only, volumes: args['volumes'] === true };
  const isJson = args['json'] === true;
  const [{ lookForOrphans, removeOrphans }, report, { paintFor }, context] = await Promise.all([
    import('../../flow/prune.js'),
    import('../../report/prune.js'),
    import('../../report/text.js'),
    openContext(session, args),
  ]);
  const look = await lookForOrphans(context, options);
  if (!isJson) output.answer(report.pruneText(look, paintFor(process.stdout, process.env)));
  const many = look.remove.length;
  const isWanted = many > 0 && (args['yes'] === true || (!isJson && (await confirmed(many))));
  if (!isWanted) {
    if (isJson) output.json(report.pruneJson(look));
    if (many === 0) return;
    output.say(unconfirmed(many, options));
    session.exitCode = 1;
    return;
  }
  const done = await removeOrphans(context, options, look.remove);
  if (isJson) output.json(report.pruneJson(look, done));
  else output.answer(report.prunedText(done));
  if (done.failed.length > 0) session.exitCode = 2;
}

/** Told apart from a failure by its exit code, too. */
function unconfirmed(many: number, options: PruneOptions): string {
  const why = process.stdin.isTTY ? 'the answer was no' : 'nobody is here to be asked';
  const what = many === 1 ? 'one thing was found' : `${many} things were found`;
  return `Nothing was removed: ${what}, and ${why} (exit code 1). ${sameWithYes(options)} removes without asking.`;
}

/** The command that was given, and the user's leave. */
function sameWithYes({ only, volumes }: PruneOptions): string {
  const words = ['rsent prune', ...(only === undefined ? [] : [only])];
  return [...words, ...(volumes ? ['--volumes'] : []), '--yes'].join(' ');
}

/** False where nobody can be asked: then it only looks. */
async function confirmed(many: number): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const { confirm } = await import('../prompts.js');
  return confirm(many === 1 ? 'Remove it?' : `Remove these ${many}?`);
}
