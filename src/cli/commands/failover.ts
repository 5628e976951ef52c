import type { Order } from '../../drill/campaign.js';
import { type Common, DRILL, DrillFlags, FAILOVER, type ReportFiles } from '../drill-inputs.js';
import { carryOutAll, onStepOf, writeReports } from '../drill-session.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent failover [name]`: exit 0 when what was expected happened, within the limits given. */
export function failoverCommand(session: Session): Verb {
  return {
    builder: (yargs) => declare(withName(yargs), { ...COMMON, ...FAILOVER, ...DRILL }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const name = await readName(args);
  const flags = new DrillFlags(args);
  const common = flags.common();
  const { repeat, to, ...own } = flags.failover();
  const files = await flags.files();
  flags.check();
  const title = `${own.how} ${own.target}`;
  const each = { ...common, ...(to === undefined ? {} : { to }) };
  if (repeat === 1) return once(session, args, name, { ...own, title }, each, files);
  const orders = Array.from({ length: repeat }, (_, i) => ({
    ...own,
    title: `${title}, run ${i + 1}`,
  }));
  return carryOutAll(session, args, name, { orders, common: each, files, isRepeat: true });
}

async function once(
  session: Session,
  args: Arguments,
  name: string,
  order: Order,
  common: Common,
  files: ReportFiles,
): Promise<void> {
  const [{ drill }, { exclusively }, { drillJson, drillText }, { paintFor }, context] =
    await Promise.all([
      import('../../flow/drill/drill.js'),
      import('../../flow/exclusive.js'),
      import('../../report/drill.js'),
      import('../../report/text.js'),
      openContext(session, args),
    ]);
  const options = { ...common, ...order, onStep: await onStepOf(context) };
  const report = await exclusively(context, name, () => drill(context, name, options));
  if (args['json']) output.json(drillJson(report));
  else output.answer(drillText(report, paintFor(process.stdout, process.env)));
  const { topology, passed } = report;
  const runs = [{ title: order.title, report }];
  await writeReports(files, { schemaVersion: 1, topology, runs, spreads: [], passed });
  session.exitCode = passed ? 0 : 1;
}
