import type { CampaignReport, CampaignRun, Spread } from '../model/drill.js';
import { drillJson, happenedText } from './drill.js';
import { harmless, type Paint, seconds, table } from './text.js';

/** The document that `drill --json` and `failover --repeat --json` print. */
export function campaignJson(campaign: CampaignReport): object {
  return {
    ...campaign,
    runs: campaign.runs.map(({ title, tookMs, report, error }) => ({
      title,
      tookMs,
      report: report === undefined ? null : drillJson(report),
      error: error ?? null,
    })),
  };
}

/** One drill's result in a line, told when it is over. */
export function runText({ report, error }: Omit<CampaignRun, 'tookMs'>, paint: Paint): string {
  if (report === undefined) return paint.red(`could not be carried out: ${harmless(error ?? '')}`);
  const verdict = report.passed ? paint.green('passed') : paint.red('not passed');
  const lost = report.client === undefined ? '' : `, ${report.client.total.lost} writes lost`;
  return `${verdict}: ${harmless(happenedText(report))}${lost}`;
}

/** The table at the end, and how the figures are spread where the same drill was repeated. */
export function campaignText(campaign: CampaignReport, paint: Paint): string {
  const { runs, spreads, topology } = campaign;
  const passed = runs.filter(({ report }) => report?.passed === true).length;
  const complaints = runs.flatMap(({ title, report, error }) =>
    [...(report?.complaints ?? []), ...(error === undefined ? [] : [error])].map(
      (each) => `${paint.red(`${title}:`)} ${harmless(each)}`,
    ),
  );
  const all = passed === runs.length;
  const count = `${passed} of ${runs.length} drills on ${topology} passed.`;
  return [
    table(
      ['drill', 'expected', 'happened', 'downtime', 'lost', 'verdict'],
      runs.map((run) => row(run, paint)),
      paint,
    ),
    ...(spreads.length > 0 ? [spreadText(spreads, paint)] : []),
    ...(complaints.length > 0 ? [complaints.join('\n')] : []),
    all ? paint.green(count) : paint.red(count),
  ].join('\n\n');
}

function row({ title, report }: CampaignRun, paint: Paint): string[] {
  if (report === undefined) return [title, '', 'not carried out', '', '', paint.red('error')];
  const { client, expected, passed } = report;
  return [
    title,
    expected,
    harmless(happenedText(report)),
    client === undefined ? '' : seconds(client.longestGap.lastedMs),
    client === undefined ? '' : String(client.total.lost),
    passed ? paint.green('passed') : paint.red('failed'),
  ];
}

function spreadText(spreads: CampaignReport['spreads'], paint: Paint): string {
  const cells = ({ min, median, p95, max }: Spread) => [min, median, p95, max].map(String);
  const rows = spreads.map(({ figure, spread }) => [figure, ...cells(spread)]);
  return table(['', 'min', 'median', 'p95', 'max'], rows, paint);
}
