import type { CommandModule } from 'yargs';
import { RsentError } from '../../model/errors.js';
import type { FailoverStep } from '../../model/timeline.js';
import { durationFlag, readName } from '../inputs.js';
import { type Arguments, COMMON, declare, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';

const HOW = ['crash', 'shutdown', 'hang', 'partition', 'manual'] as const;

/** `rsent failover [name]`: exit 0 when someone took over and all is as healthy as before. */
export function failoverCommand(session: Session): CommandModule {
  return {
    command: 'failover [name]',
    describe: 'take the master away, watch the failover, bring it back as a replica',
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        how: {
          choices: HOW,
          describe: 'crash, shutdown, hang (frozen), partition (cut off) or manual (planned)',
          defaultDescription: 'crash',
        },
        manual: {
          type: 'boolean',
          describe: 'the same as --how manual: a planned hand-over, without losing a write',
        },
        for: {
          type: 'string',
          describe: 'how long a hang or a partition lasts (until the failover is over)',
          requiresArg: true,
        },
        to: { type: 'string', describe: 'the replica that should be promoted', requiresArg: true },
        'down-after': {
          type: 'string',
          describe: 'silence after which a node counts as down, for this drill only',
          requiresArg: true,
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
  const how = kindOf(args);
  const forMs = durationFlag(args, 'for', 0);
  const downAfterMs = durationFlag(args, 'down-after', 0);
  if (forMs > 0 && how !== 'hang' && how !== 'partition') {
    throw new RsentError('usage', `--for is for --how hang and --how partition, not for ${how}.`);
  }
  const [{ failover }, { exclusively }, report, { paintFor }, context] = await Promise.all([
    import('../../flow/failover.js'),
    import('../../flow/exclusive.js'),
    import('../../report/failover.js'),
    import('../../report/text.js'),
    openContext(session, args),
  ]);
  const live = paintFor(process.stderr, process.env);
  const options = {
    how,
    ...(forMs === 0 ? {} : { forMs }),
    ...(downAfterMs === 0 ? {} : { downAfterMs }),
    ...(typeof args['to'] === 'string' ? { to: args['to'] } : {}),
    timeoutMs,
    onStep: (step: FailoverStep) => context.progress.note(report.stepText(step, live)),
  };
  const result = await exclusively(context, name, () => failover(context, name, options));
  if (args['json']) output.json(report.failoverJson(result));
  else output.answer(report.failoverText(result, paintFor(process.stdout, process.env)));
  session.exitCode = result.asBefore ? 0 : 1;
}

/** @throws RsentError `usage` when --manual and --how contradict each other, or --how is illegal */
function kindOf(args: Arguments): (typeof HOW)[number] {
  const said = args['how'] ?? (args['manual'] === true ? 'manual' : 'crash');
  const how = HOW.find((each) => each === said);
  if (how !== undefined && (args['manual'] !== true || how === 'manual')) return how;
  throw new RsentError(
    'usage',
    `--how is ${String(said)}; legal is ${HOW.join(', ')}, and --manual is --how manual.`,
  );
}
