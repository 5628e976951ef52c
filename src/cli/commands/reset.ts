import { requireConsent, YES } from '../consent.js';
import { durationFlag, readName } from '../inputs.js';
import { type Arguments, COMMON, declare, text, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent reset [name]` */
export function resetCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        ...YES,
        timeout: text('time to become healthy (60s)'),
        'dry-run': { type: 'boolean', describe: 'print the plan and the files, touch nothing' },
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const name = await readName(args);
  const options = {
    timeoutMs: durationFlag(args, 'timeout', 60_000),
    dryRun: args['dryRun'] === true,
  };
  const [{ reset }, { exclusively }, { resetJson, resetText }, { planText }, context] =
    await Promise.all([
      import('../../flow/reset.js'),
      import('../../flow/exclusive.js'),
      import('../../report/reset.js'),
      import('../../report/up.js'),
      openContext(session, args),
    ]);
  if (options.dryRun) {
    const { plan } = await reset(context, name, options);
    const { paintFor } = await import('../../report/text.js');
    if (args['json']) output.json({ schemaVersion: 1, ...plan });
    else output.answer(planText(plan, paintFor(process.stdout, process.env)));
    return;
  }
  const removal = {
    question: `Remove all data of ${name}?`,
    consequence: `reset removes all data of ${name}`,
  };
  await requireConsent(args, removal);
  const result = await exclusively(context, name, () => reset(context, name, options));
  if (args['json']) output.json(resetJson(name, result));
  else output.answer(resetText(name, result));
}
