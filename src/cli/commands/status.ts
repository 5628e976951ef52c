import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusResult } from '../../flow/status.js';
import { durationFlag, readName } from '../inputs.js';
import { type Arguments, COMMON, declare, withName } from '../options.js';
import { openOutlet } from '../outlet.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent status [name]`: exit 0 healthy, 1 not, 2 could not tell. */
export function statusCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        deep: { type: 'boolean', describe: 'also watch two hello periods for anything that moves' },
        watch: { alias: 'w', type: 'boolean', describe: 'refresh in place until interrupted' },
        every: { type: 'string', describe: 'time between two refreshes (1s)', requiresArg: true },
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const name = await readName(args);
  const everyMs = durationFlag(args, 'every', 1000);
  const [{ status }, { statusJson, statusText }, { paintFor }, context] = await Promise.all([
    import('../../flow/status.js'),
    import('../../report/status.js'),
    import('../../report/text.js'),
    openContext(session, args),
  ]);
  const paint = paintFor(process.stdout, process.env);
  const show = (result: StatusResult) => {
    if (args['json'] && args['watch']) output.jsonLine(statusJson(result));
    else if (args['json']) output.json(statusJson(result));
    else output.answer(statusText(result, paint));
    session.exitCode = result.verdict.healthy ? 0 : 1;
  };
  if (!args['watch']) {
    show(await status(context, name, { deep: args['deep'] === true, flush: true }));
    return;
  }
  session.onlyLooking = true;
  const signal = AbortSignal.any([session.signal, openOutlet(process.stdout).closed]);
  while (!signal.aborted) {
    // Each look would have the Sentinels write their conf: not once a second.
    const result = await status(context, name, { deep: false, flush: false });
    if (process.stdout.isTTY && !args['json']) output.clearScreen();
    show(result);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
