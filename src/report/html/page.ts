import { createHash } from 'node:crypto';
import type { CampaignReport, CampaignRun } from '../../model/drill.js';
import { seconds } from '../text.js';
import { type Html, html } from './markup.js';
import { PATTERNS } from './patterns.js';
import { badge, runSection } from './run.js';
import { STYLE } from './style.js';
import { table } from './table.js';
import { counted, happened } from './words.js';

/** Nothing may be loaded, run or sent: only this one style sheet counts. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE.markup).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** A page about one drill or several: all in one file, nothing else is needed to read it. */
export function drillHtml(campaign: CampaignReport): string {
  const { topology, runs } = campaign;
  const [only] = runs.length === 1 ? runs : [];
  const drills = only?.title ?? counted(runs.length, 'drill');
  const verdict = badge(only === undefined ? campaign.passed : only.report?.passed);
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>${topology}: ${drills} – rsent</title>
<style>${STYLE}</style>
</head>
<body>${PATTERNS}
<main>
<header><p class="eyebrow">rsent · failover drill${when(runs)}</p><h1>${topology}: ${drills} ${verdict}</h1>
<p class="muted introduction">${INTRODUCTION}</p></header>
${runs.length > 1 ? overview(campaign) : undefined}${spreads(campaign)}
${runs.map((run, i) => runSection(run, anchor(i), runs.length === 1))}
</main>
</body>
</html>
`;
  return page.markup;
}

const INTRODUCTION =
  'Redis keeps data on several nodes. One, the master, takes the writes; the replicas copy it. The Sentinels watch the master and, when enough of them miss it, make a replica the new master: a failover. A drill takes the master away on purpose, and looks at how long that takes and which writes survive.';

function overview({ runs, passed }: CampaignReport): Html {
  const rows = runs.map((run, i) => {
    const { title, report } = run;
    const gap = report?.client?.longestGap.lastedMs;
    return [
      html`<a href="#${anchor(i)}">${title}</a>`,
      report?.expected ?? '–',
      report === undefined ? '–' : happened(report),
      gap === undefined ? '–' : seconds(gap),
      report?.client === undefined ? '–' : report.client.total.lost.toLocaleString('en-US'),
      badge(report?.passed),
    ];
  });
  const good = runs.filter(({ report }) => report?.passed === true).length;
  const said = `${good} of ${counted(runs.length, 'drill')} passed${passed ? '.' : ': the whole did not pass.'}`;
  return html`<section><h2>Overview</h2><p>${said} “Without writes” is the longest time in which a client that follows the Sentinels had no acknowledged write.</p>
${table(['drill', 'expected', 'happened', 'without writes', 'lost', 'verdict'], rows)}</section>`;
}

function spreads(campaign: CampaignReport): Html | undefined {
  if (campaign.spreads.length === 0) return undefined;
  const rows = campaign.spreads.map(({ figure, spread: { min, median, p95, max } }) => [
    figure,
    min,
    median,
    p95,
    max,
  ]);
  return html`<section><h2>The same drill again and again</h2><p>How the figures were spread. p95: nineteen of twenty were no higher.</p>
${table(['figure', 'least', 'median', 'p95', 'most'], rows)}</section>`;
}

function anchor(index: number): string {
  return `run-${index + 1}`;
}

/** When the first fault was made: a date that means the same everywhere. */
function when(runs: readonly CampaignRun[]): string {
  const faultAt = runs.find(({ report }) => report !== undefined)?.report?.faultAt;
  if (faultAt === undefined) return '';
  return ` · ${new Date(faultAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
