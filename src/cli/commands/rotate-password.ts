import { durationFlag, readName } from '../inputs.js';
import { type Arguments, COMMON, declare, PASSWORD, text, withName } from '../options.js';
import { output } from '../output.js';
import { readGivenPassword } from '../password.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent rotate-password [name]` */
export function rotatePasswordCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        ...PASSWORD,
        grace: text('how long the old one opens new connections, too (0s)'),
        timeout: text('time to be healthy after each half (60s)'),
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const name = await readName(args);
  const password = await readGivenPassword(args);
  const graceMs = durationFlag(args, 'grace', 0);
  const timeoutMs = durationFlag(args, 'timeout', 60_000);
  const [{ rotatePassword }, { exclusively }, { passwordPath }, context] = await Promise.all([
    import('../../flow/rotate-password.js'),
    import('../../flow/exclusive.js'),
    import('../../host/secrets.js'),
    openContext(session, args),
  ]);
  const options = { graceMs, timeoutMs, ...(password === undefined ? {} : { password }) };
  await exclusively(context, name, () => rotatePassword(context, name, options));
  const passwordFile = passwordPath(context.home, name);
  if (args['json']) output.json({ schemaVersion: 1, topology: name, passwordFile });
  else output.answer(`The password of ${name} is a new one; it is in ${passwordFile}.`);
}
