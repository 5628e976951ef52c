import { RsentError } from '../../model/errors.js';
import { shown } from '../../model/shown.js';
import { durationOf } from '../inputs.js';
import { type Arguments, COMMON, once, text } from '../options.js';
import { openOutlet } from '../outlet.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';
import { declareWhere, readWhere } from '../words.js';

/** `rsent logs [name] [targets]`: exit 0, with -f as soon as it is interrupted. */
export function logsCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declareWhere(
        yargs,
        'nodes: redis-2, or master, replica, sentinel for all that are one now (every node)',
        {
          follow: { alias: 'f', type: 'boolean', describe: 'go on until interrupted' },
          tail: text('only so many of the last lines of each node (all)'),
          since: text('only what is not older than this: 10m, 30s'),
          color: { type: 'boolean', describe: 'colours (on a terminal); --no-color: none' },
          json: { type: 'boolean', describe: 'print each line as a JSON document of its own' },
          file: { type: 'string', describe: COMMON.file.describe, requiresArg: true },
          'data-dir': COMMON['data-dir'],
          debug: COMMON.debug,
        },
      ),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const { name, targets } = await readWhere(args);
  const sinceMs = durationOf(args, 'since');
  const tail = countOf(args);
  const follow = args['follow'] === true;
  session.onlyLooking = true;
  const [{ openLogs }, { logJson, logText }, { paintFor }, context] = await Promise.all([
    import('../../flow/logs.js'),
    import('../../report/logs.js'),
    import('../../report/text.js'),
    openContext(session, args),
  ]);
  const outlet = openOutlet(process.stdout);
  const signal = AbortSignal.any([session.signal, outlet.closed]);
  const { nodes, read } = await openLogs({ ...context, signal }, name, {
    targets,
    follow,
    ...(sinceMs === undefined ? {} : { sinceMs: Date.now() - sinceMs }),
    ...(tail === undefined ? {} : { tail }),
  });
  const width = Math.max(0, ...nodes.map((node) => node.length));
  const wantsColour = typeof args['color'] === 'boolean' ? args['color'] : undefined;
  const paint = paintFor(process.stdout, process.env, wantsColour);
  await read((line) => outlet.line(args['json'] ? logJson(line) : logText(line, width, paint)));
}

function countOf(args: Arguments): number | undefined {
  const value = once(args, 'tail');
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new RsentError('usage', `--tail is ${shown(value)}; legal is a whole number, 0 or more.`);
}
