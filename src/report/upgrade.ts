import type { StageReport, StageWrites, UpgradeReport } from '../model/upgrade.js';
import { type Paint, seconds, table } from './text.js';

/** The document that `upgrade --json` prints. */
export function upgradeJson(report: UpgradeReport): object {
  return { ...report, writes: report.writes ?? null };
}

/** What became of each node, and what it cost the clients. */
export function upgradeText(report: UpgradeReport, paint: Paint): string {
  const { topology, image, from, server, stages, elapsedMs, changed, master } = report;
  if (!changed) return `All nodes of ${paint.bold(topology)} run ${image} already; nothing to do.`;
  const rows = stages.map((stage) => rowOf(stage, paint));
  const headings = ['STEP', 'NODE', 'TIME', ...(report.writes ? WRITES : [])];
  const what = `${server.program} ${server.version}`;
  return [
    `${paint.bold(topology)} is ${paint.green('healthy')} with ${image} (${what}) in the place of ${from}, after ${seconds(elapsedMs)}. The master is ${paint.bold(master)}.`,
    table(headings, rows, paint),
    ...wholeText(report, paint),
  ].join('\n\n');
}

const WRITES = ['NO WRITE FOR', 'ACKNOWLEDGED', 'FAILED', 'UNKNOWN', 'LOST'];

function rowOf({ what, node, tookMs, writes }: StageReport, paint: Paint): string[] {
  const cells = writes === undefined ? [] : cellsOf(writes, paint);
  return [what === 'master' ? 'old master' : what, node, seconds(tookMs), ...cells];
}

function cellsOf(writes: StageWrites, paint: Paint): string[] {
  const { longestGapMs, acknowledged, failed, unknown, lost } = writes;
  const bad = lost > 0 ? paint.red(String(lost)) : '0';
  return [seconds(longestGapMs), String(acknowledged), String(failed), String(unknown), bad];
}

function wholeText({ writes }: UpgradeReport, paint: Paint): string[] {
  if (writes === undefined) return [];
  const { acknowledged, failed, unknown, lost, longestGapMs, ratePerS, wait } = writes;
  const counted = wait > 0 ? `, each counted once ${wait} of the replicas had it` : '';
  const gone = lost === 0 ? paint.green('none is lost') : paint.red(`${lost} are lost`);
  return [
    [
      `A client at ${ratePerS} writes a second${counted}: ${acknowledged} acknowledged, of which ${gone}; ${failed} failed, ${unknown} unknown.`,
      `The longest time without an acknowledged write: ${seconds(longestGapMs)}.`,
    ].join('\n'),
  ];
}
