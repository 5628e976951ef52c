import type { Order } from '../../drill/campaign.js';
import type { CampaignReport, CampaignRun } from '../../model/drill.js';
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
  const [{ drill }, { tried }, { exclusively }, { drillJson, drillText }, { paintFor }, context] =
    await Promise.all([
      import('../../flow/drill/drill.js'),
      import('../../flow/drill/campaign.js'),
      import('../../flow/exclusive.js'),
      import('../../report/drill.js'),
      import('../../report/text.js'),
      openContext(session, args, { isLong: true }),
    ]);
  const options = { ...common, ...order, onStep: await onStepOf(context) };
  const { run, thrown } = await exclusively(context, name, () =>
    tried(context, order.title, () => drill(context, name, options)),
  );
  const { report } = run;
  if (report === undefined) {
    // A report of a command line that cannot be meant would look like that of a drill.
    if (thrown?.kind !== 'usage') await writeReports(files, alone(name, run));
    throw thrown;
  }
  if (args['json']) output.json(drillJson(report));
  else output.answer(drillText(report, paintFor(process.stdout, process.env)));
  await writeReports(files, alone(name, run));
  session.exitCode = report.passed ? 0 : 1;
}

/** The report of a drill that is not one of several. */
function alone(topology: string, run: CampaignRun): CampaignReport {
  const passed = run.report?.passed === true;
  return { schemaVersion: 1, topology, runs: [run], spreads: [], passed };
}
