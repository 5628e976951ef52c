import type { DownResult } from '../../flow/down.js';
import { requireConsent, YES } from '../consent.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent down [name]` */
export function downCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        volumes: { type: 'boolean', describe: 'remove the data too' },
        ...YES,
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const name = await readName(args);
  const volumes = args['volumes'] === true;
  const [{ down }, { exclusively }, { downJson, downText }, context] = await Promise.all([
    import('../../flow/down.js'),
    import('../../flow/exclusive.js'),
    import('../../report/down.js'),
    openContext(session, args),
  ]);
  const removal = {
    question: `Remove ${name} and all its data?`,
    consequence: `--volumes removes all data of ${name}`,
  };
  if (volumes) await requireConsent(args, removal);
  const result = await exclusively(context, name, () => down(context, name, volumes));
  if (isLeft(result, volumes)) session.exitCode = 1;
  if (args['json']) output.json(downJson(name, result));
  else output.answer(downText(name, result));
}

/** It ran, and not all of what was asked for is gone. */
function isLeft({ notOurs, data, elsewhere }: DownResult, volumes: boolean): boolean {
  const { containers = [], networks = [], volumes: others = [] } = notOurs ?? {};
  const isData = volumes && (others.length > 0 || data?.removed === false);
  return isData || elsewhere !== undefined || containers.length + networks.length > 0;
}
