import { durationFlag } from '../inputs.js';
import { type Arguments, COMMON, text } from '../options.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';
import { declareWhere, onlyTarget, readWhere } from '../words.js';
import { makeMove } from './moves.js';
import { printUp } from './up.js';

/** `rsent start [name] [node]` */
export function startCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declareWhere(
        yargs,
        'a node to start alone (it comes back as a replica of the present master)',
        { ...COMMON, timeout: text('time to become healthy (60s)') },
      ),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const { name, targets } = await readWhere(args);
  const target = onlyTarget(targets);
  if (target !== undefined) return makeMove(session, 'start', args, { name, target });
  const timeoutMs = durationFlag(args, 'timeout', 60_000);
  const [{ up }, { requireRecord }, { exclusively }, context] = await Promise.all([
    import('../../flow/up.js'),
    import('../../flow/find.js'),
    import('../../flow/exclusive.js'),
    openContext(session, args),
  ]);
  const result = await exclusively(context, name, async () => {
    const { spec } = await requireRecord(context, name);
    const options = {
      name,
      timeoutMs,
      rollback: true,
      soak: false,
      dryRun: false,
      recreate: false,
    };
    return up(context, { ...options, resolve: () => spec });
  });
  await printUp(context, args, result);
}
