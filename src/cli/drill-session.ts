import type { Chosen, Order } from '../drill/campaign.js';
import type { Context } from '../flow/context.js';
import { replaceFile } from '../host/disk.js';
import type { CampaignReport, CampaignRun } from '../model/drill.js';
import type { FailoverStep } from '../model/timeline.js';
import type { Common, ReportFiles } from './drill-inputs.js';
import type { Arguments } from './options.js';
import { output } from './output.js';
import { openContext, type Session } from './session.js';

/** Several drills of one command. */
export interface Drills {
  /** The campaign of the topology when absent. */
  readonly orders?: readonly Order[];
  /** What of the campaign is wanted; all of it when absent. */
  readonly chosen?: Chosen;
  readonly common: Common;
  readonly files: ReportFiles;
  /** True when they are one and the same drill. */
  readonly isRepeat: boolean;
}

/** Everyone may read a report: there is no secret in it. */
const REPORT_MODE = 0o644;

/** Carry out several drills and tell what came of them. */
export async function carryOutAll(
  session: Session,
  args: Arguments,
  name: string,
  { orders, chosen, common, files, isRepeat }: Drills,
): Promise<void> {
  const [{ campaign }, { exclusively }, report, text, context] = await Promise.all([
    import('../flow/drill/campaign.js'),
    import('../flow/exclusive.js'),
    import('../report/campaign.js'),
    import('../report/text.js'),
    openContext(session, args, { isLong: true }),
  ]);
  const live = text.paintFor(process.stderr, process.env);
  const onStep = await onStepOf(context);
  const result = await exclusively(context, name, async () => {
    const wanted = orders ?? (await allOrders(context, name, chosen));
    const ordered = wanted.map((order) => ({
      title: order.title,
      options: { ...common, ...order, onStep },
    }));
    return campaign(context, name, ordered, {
      isRepeat,
      onBegin: (title, nth, of) => context.progress.note(live.bold(`\n${nth} of ${of}: ${title}`)),
      onEnd: (run: CampaignRun) => context.progress.note(report.runText(run, live)),
    });
  });
  if (args['json']) output.json(report.campaignJson(result));
  else output.answer(report.campaignText(result, text.paintFor(process.stdout, process.env)));
  await writeReports(files, result);
  session.exitCode = result.passed ? 0 : 1;
}

async function allOrders(
  context: Context,
  name: string,
  chosen: Chosen = { only: [], skip: [] },
): Promise<readonly Order[]> {
  const [{ findRecorded }, { campaignOf, chosenOrders }, { canBeCut }] = await Promise.all([
    import('../flow/find.js'),
    import('../drill/campaign.js'),
    import('../model/topology.js'),
  ]);
  const { spec, placement } = (await findRecorded(context, name)).record;
  const mayCut = canBeCut(placement);
  if (!mayCut) {
    context.progress.note('No partitions: the nodes share one network (form pod).');
  }
  return chosenOrders(campaignOf(spec, mayCut), chosen);
}

/** Shows each step of a failover as it happens. */
export async function onStepOf({ progress }: Context): Promise<(step: FailoverStep) => void> {
  const [{ stepText }, { paintFor }] = await Promise.all([
    import('../report/drill.js'),
    import('../report/text.js'),
  ]);
  const live = paintFor(process.stderr, process.env);
  return (step) => progress.note(stepText(step, live));
}

/** Write the files that were asked for. */
export async function writeReports(
  { junit, html }: ReportFiles,
  campaign: CampaignReport,
): Promise<void> {
  if (junit !== undefined) {
    const { junitXml } = await import('../report/junit.js');
    await replaceFile(junit, junitXml(campaign), REPORT_MODE);
  }
  if (html !== undefined) {
    const { drillHtml } = await import('../report/html/page.js');
    await replaceFile(html, drillHtml(campaign), REPORT_MODE);
  }
}
