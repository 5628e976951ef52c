import { type Arguments, COMMON, declare } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent ls` */
export function lsCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(yargs, { 'data-dir': COMMON['data-dir'], json: COMMON.json, debug: COMMON.debug }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const [{ list }, { listJson, listText }, { paintFor }, context] = await Promise.all([
    import('../../flow/list.js'),
    import('../../report/list.js'),
    import('../../report/text.js'),
    openContext(session, args),
  ]);
  const rows = await list(context);
  if (args['json']) output.json(listJson(rows));
  else output.answer(listText(rows, paintFor(process.stdout, process.env)));
}
