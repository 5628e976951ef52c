import type { Move } from '../../flow/move.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent kill|pause|resume|cut|heal <target> [name]`: single moves, for people who script. */
export function moveCommand(session: Session, move: Move): Verb {
  return {
    builder: (yargs) =>
      declare(
        withName(
          yargs.positional('target', {
            type: 'string',
            describe:
              'a node (redis-2), a role (master, replica, sentinel), or a count of them (sentinel:2)',
          }),
        ),
        COMMON,
      ),
    handler: async (args) =>
      makeMove(session, move, args, {
        name: await readName(args),
        target: String(args['target']),
      }),
  };
}

/** Do a single move, and tell it. */
export async function makeMove(
  session: Session,
  what: Move,
  args: Arguments,
  { name, target }: { readonly name: string; readonly target: string },
): Promise<void> {
  const [{ move }, { exclusively }, { moveJson, moveText }, context] = await Promise.all([
    import('../../flow/move.js'),
    import('../../flow/exclusive.js'),
    import('../../report/move.js'),
    openContext(session, args),
  ]);
  const done = await exclusively(context, name, () => move(context, name, what, target));
  if (args['json']) output.json(moveJson(done));
  else output.answer(moveText(done));
}
