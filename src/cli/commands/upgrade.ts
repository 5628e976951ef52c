import type { UpgradeOptions } from '../../flow/upgrade/upgrade.js';
import { RsentError } from '../../model/errors.js';
import { shown } from '../../model/shown.js';
import { FIELDS } from '../../spec/fields.js';
import { checkedName, durationFlag, readSaid, type Said } from '../inputs.js';
import { type Arguments, COMMON, declare, text, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent upgrade [name]` */
export function upgradeCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        image: text('image of Redis or Valkey that all nodes are to run'),
        rate: text('writes a second of the probe (100; 0: no probe)'),
        wait: text('count a write only once so many replicas have it (WAIT; 1)'),
        timeout: text('time until all is healthy again after each node (60s)'),
        'allow-unsafe': {
          type: 'boolean',
          describe: 'also where clients have to wait, or nobody could fail over meanwhile',
        },
        'dry-run': { type: 'boolean', describe: 'print the plan, touch nothing' },
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const said = await readSaid(args);
  const name = checkedName(said);
  const options: UpgradeOptions = {
    image: imageOf(said),
    timeoutMs: durationFlag(args, 'timeout', 60_000),
    ratePerS: count(args, 'rate', 100, 10_000),
    wait: count(args, 'wait', 1, 100),
    allowUnsafe: args['allowUnsafe'] === true,
    dryRun: args['dryRun'] === true,
  };
  const [{ upgrade }, { exclusively }, report, context] = await Promise.all([
    import('../../flow/upgrade/upgrade.js'),
    import('../../flow/exclusive.js'),
    import('../../report/upgrade.js'),
    openContext(session, args),
  ]);
  const done = options.dryRun
    ? await upgrade(context, name, options)
    : await exclusively(context, name, () => upgrade(context, name, options));
  const { paintFor } = await import('../../report/text.js');
  const paint = paintFor(process.stdout, process.env);
  if ('plan' in done) {
    const { planText } = await import('../../report/up.js');
    if (args['json']) output.json({ schemaVersion: 1, ...done.plan });
    else output.answer(planText(done.plan, paint));
  } else if (args['json']) output.json(report.upgradeJson(done.report));
  else output.answer(report.upgradeText(done.report, paint));
}

/** @throws RsentError `usage` when none is named */
function imageOf({ layers }: Said): string {
  const layer = layers.find(({ values }) => values['image'] !== undefined);
  const checked = FIELDS.image.safeParse(layer?.values['image']);
  if (checked.success) return checked.data;
  const named = layer === undefined ? 'Say which' : `${layer.where('image')} is none`;
  throw new RsentError('usage', `${named}: --image names the image to go to.`, {
    hint: 'As in: rsent upgrade NAME --image redis:8.0. Nothing was done.',
  });
}

/** @throws RsentError `usage` when it is none, or more than there may be */
function count(args: Arguments, key: string, fallback: number, most: number): number {
  const value = args[key];
  if (value === undefined) return fallback;
  const number = Number(value);
  if (/^\d+$/.test(String(value)) && number <= most) return number;
  throw new RsentError(
    'usage',
    `--${key} is ${shown(value)}; legal is a whole number from 0 to ${most}.`,
    { hint: 'Nothing was done.' },
  );
}
