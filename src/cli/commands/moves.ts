import type { CommandModule } from 'yargs';
import type { Move } from '../../flow/move.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';

/** Those that are verbs of their own; `start` and `stop` are also said of whole topologies. */
const MOVES: Readonly<Record<Exclude<Move, 'start' | 'stop'>, string>> = {
  kill: 'SIGKILL a node',
  pause: 'freeze a node: it keeps its connections and answers nobody',
  resume: 'let a paused node go on',
  cut: 'take a node off the network while it runs on',
  heal: 'put a node that was cut off back on the network',
};

/** `rsent kill|pause|resume|cut|heal <target> [name]`: single moves, for people who script. */
export function moveCommands(session: Session): CommandModule[] {
  return Object.entries(MOVES).map(([move, describe]) => ({
    command: `${move} <target> [name]`,
    describe,
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
      makeMove(session, move as Move, args, {
        name: await readName(args),
        target: String(args['target']),
      }),
  }));
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
