import type { CommandModule } from 'yargs';
import type { FailoverStep } from '../../model/timeline.js';
import { durationFlag, readName } from '../inputs.js';
import { type Arguments, COMMON, declare, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';

/** `rsent failover [name]`: exit 0 when someone took over and all is as healthy as before. */
export function failoverCommand(session: Session): CommandModule {
  return {
    command: 'failover [name]',
    describe: 'kill the master, watch the failover, bring the old master back as a replica',
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        manual: {
          type: 'boolean',
          describe: 'a planned hand-over instead, without losing a write',
        },
        timeout: {
          type: 'string',
          describe: 'time to be healthy again afterwards (60s)',
          requiresArg: true,
        },
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const name = await readName(args);
  const timeoutMs = durationFlag(args, 'timeout', 60_000);
  const [{ failover }, { exclusively }, report, { paintFor }, context] = await Promise.all([
    import('../../flow/failover.js'),
    import('../../flow/exclusive.js'),
    import('../../report/failover.js'),
    import('../../report/text.js'),
    openContext(session, args),
  ]);
  const live = paintFor(process.stderr, process.env);
  const options = {
    how: args['manual'] ? ('manual' as const) : ('crash' as const),
    timeoutMs,
    onStep: (step: FailoverStep) => context.progress.note(report.stepText(step, live)),
  };
  const result = await exclusively(context, name, () => failover(context, name, options));
  if (args['json']) output.json(report.failoverJson(result));
  else output.answer(report.failoverText(result, paintFor(process.stdout, process.env)));
  session.exitCode = result.asBefore ? 0 : 1;
}
