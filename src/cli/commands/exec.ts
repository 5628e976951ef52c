import { RsentError } from '../../model/errors.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare, withName } from '../options.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

const USAGE = `$0 exec [name] -- COMMAND…

Run the command and exit as it does. Its environment has
REDIS_SENTINELS, REDIS_MASTER_NAME, REDIS_URL, REDIS_USERNAME, REDIS_TLS_CA,
REDIS_PASSWORD_FILE and REDIS_PASSWORD, which is the password itself.`;

/**
 * `rsent exec [name] -- COMMAND…`: exits as the command does.
 * @param command the words after the two dashes
 */
export function execCommand(session: Session, command: readonly string[]): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs.usage(USAGE)), {
        file: COMMON.file,
        'data-dir': COMMON['data-dir'],
        debug: COMMON.debug,
      }),
    handler: (args) => handle(session, args, command),
  };
}

async function handle(
  session: Session,
  args: Arguments,
  command: readonly string[],
): Promise<void> {
  const name = await readName(args);
  if (command.length === 0 || command[0] === '') {
    throw new RsentError('usage', 'rsent exec needs a command to run.', {
      hint: 'It follows two dashes: rsent exec NAME -- npm test',
    });
  }
  session.onlyLooking = true;
  const [{ exec }, context] = await Promise.all([
    import('../../flow/exec.js'),
    openContext(session, args),
  ]);
  const { code } = await exec(context, name, command, (listener) => {
    session.onSignal = listener;
  });
  session.exitCode = code;
}
