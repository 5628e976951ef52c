import type { CommandModule } from 'yargs';
import { RsentError } from '../../model/errors.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';

/** `rsent down [name]` */
export function downCommand(session: Session): CommandModule {
  return {
    command: 'down [name]',
    describe: 'remove containers and network; the data stays',
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        volumes: { type: 'boolean', describe: 'remove the data too' },
        yes: { alias: 'y', type: 'boolean', describe: 'do not ask' },
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const name = await readName(args);
  const volumes = args['volumes'] === true;
  const [{ down }, { exclusively }, { downJson, downText }, context] = await Promise.all([
    import('../../flow/down.js'),
    import('../../flow/exclusive.js'),
    import('../../report/down.js'),
    openContext(session, args),
  ]);
  if (volumes && args['yes'] !== true && !(await confirmed(name))) {
    output.say('Nothing was removed.');
    session.exitCode = 1;
    return;
  }
  const result = await exclusively(context, name, () => down(context, name, volumes));
  if (args['json']) output.json(downJson(name, result));
  else output.answer(downText(name, result));
}

/** @throws RsentError `usage` where nobody can be asked */
async function confirmed(name: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new RsentError(
      'usage',
      `--volumes removes all data of ${name}, and nobody is here to be asked.`,
      {
        hint: 'Say --yes to go ahead. Nothing was removed.',
      },
    );
  }
  const { confirm } = await import('../prompts.js');
  return confirm(`Remove ${name} and all its data?`);
}
