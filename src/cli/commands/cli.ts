import { readsLikeTarget } from '../../drill/target.js';
import { RsentError } from '../../model/errors.js';
import { clipped, shown } from '../../model/shown.js';
import { type Arguments, COMMON } from '../options.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';
import { declareWhere, readWhere } from '../words.js';

const USERS = ['app', 'rsent'] as const;

/** `rsent cli [name] [target] [-- ARGS…]`: exits as redis-cli does. */
export function cliCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declareWhere(yargs, 'node: master, replica, sentinel or redis-2 (master)', {
        as: {
          string: true,
          requiresArg: true,
          choices: USERS,
          describe: 'as which user, with --acl',
          defaultDescription: 'app',
        },
        file: COMMON.file,
        'data-dir': COMMON['data-dir'],
        debug: COMMON.debug,
      })
        .example('$0 cli', 'talk to the master')
        .example('$0 cli demo replica -- INFO replication', 'ask a replica of demo')
        .example('$0 cli sentinel -- sentinel masters', 'ask a Sentinel')
        .example('$0 cli < commands.txt', 'commands from a file, one in each line'),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const { name, targets } = await readWhere(args, dashesHint(args));
  const [target = 'master', ...more] = targets;
  if (more.length > 0) {
    throw new RsentError('usage', `rsent cli is for one node, not for ${targets.join(' and ')}.`, {
      hint: 'A topology that is called like a node is named with --name.',
    });
  }
  const as = asUser(args['as']);
  // Ctrl-C is for redis-cli.
  session.onlyLooking = true;
  const [{ clientIn }, { ownSeat }, context] = await Promise.all([
    import('../../flow/client.js'),
    import('../seat.js'),
    openContext(session, args),
  ]);
  const rest = Array.isArray(args['--']) ? args['--'].map(String) : [];
  session.exitCode = await clientIn(context, name, { target, as, args: rest }, ownSeat());
}

/** As in `rsent cli demo GET a`. */
function dashesHint({ where }: Arguments): string {
  const words = Array.isArray(where) ? where.map(String) : [];
  // A command is typed in capitals, which no topology is called in.
  const isOwn = (word: string, i: number) =>
    readsLikeTarget(word) || (i === 0 && word === word.toLowerCase());
  const at = words.findIndex((word, i) => !isOwn(word, i));
  const [own, rest] = at < 0 ? [words, []] : [words.slice(0, at), words.slice(at)];
  const command = ['rsent cli', ...own, '--', ...rest].join(' ');
  return `What redis-cli is to do stands behind two dashes: ${clipped(command)}`;
}

function asUser(said: unknown): 'app' | 'rsent' {
  if (said === undefined) return 'app';
  const user = USERS.find((each) => each === said);
  if (user !== undefined) return user;
  throw new RsentError('usage', `--as is ${shown(said)}; legal is ${USERS.join(', ')}.`);
}
