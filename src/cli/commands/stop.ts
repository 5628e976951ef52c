import { type Arguments, COMMON } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';
import { declareWhere, onlyTarget, readWhere } from '../words.js';
import { makeMove } from './moves.js';

/** `rsent stop [name] [node]` */
export function stopCommand(session: Session): Verb {
  return {
    builder: (yargs) => declareWhere(yargs, 'a node to stop alone', COMMON),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const { name, targets } = await readWhere(args);
  const target = onlyTarget(targets);
  if (target !== undefined) return makeMove(session, 'stop', args, { name, target });
  const [{ stop }, { exclusively }, context] = await Promise.all([
    import('../../flow/halt.js'),
    import('../../flow/exclusive.js'),
    openContext(session, args),
  ]);
  const stopped = await exclusively(context, name, () => stop(context, name));
  if (args['json']) output.json({ schemaVersion: 1, topology: name, stopped });
  else output.answer(`${name} is stopped. rsent start ${name} goes on where it was.`);
}
