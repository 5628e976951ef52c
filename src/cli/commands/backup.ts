import { durationFlag, readName } from '../inputs.js';
import { type Arguments, COMMON, declare, once, text, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent backup [name]` */
export function backupCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        to: text('file, or directory for one with a name of its own (the working directory)'),
        timeout: text('time for a replica to catch up with the master (60s)'),
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const name = await readName(args);
  const to = once(args, 'to');
  const timeoutMs = durationFlag(args, 'timeout', 60_000);
  const [{ backup }, { exclusively }, { backupJson, backupText }, context] = await Promise.all([
    import('../../flow/backup.js'),
    import('../../flow/exclusive.js'),
    import('../../report/backup.js'),
    openContext(session, args),
  ]);
  const options = { timeoutMs, ...(to === undefined ? {} : { to }) };
  const result = await exclusively(context, name, () => backup(context, name, options));
  if (args['json']) output.json(backupJson(result));
  else output.answer(backupText(result));
}
