import type { CampaignRun, DrillReport } from '../../model/drill.js';
import { seconds } from '../text.js';
import { exactly, findingList, measuring, stepTable } from './details.js';
import { legend } from './legend.js';
import { type Html, html } from './markup.js';
import { phaseList } from './phases.js';
import { timeline } from './timeline.js';
import { totalMs, twoMasters } from './two-masters.js';
import { count, headline, listed, moment, momentWords } from './words.js';
import { writeTables } from './write-tables.js';

interface Figure {
  readonly value: string;
  readonly label: string;
  readonly note?: string;
  readonly tone?: 'good' | 'bad';
}

/**
 * One drill as a section of the page.
 * @param anchor id of the section
 * @param isAlone true where the page's own title says which drill it is
 */
export function runSection(run: CampaignRun, anchor: string, isAlone: boolean): Html {
  const { title, report, error } = run;
  const heading = isAlone ? undefined : html`<h2>${title} ${badge(report?.passed)}</h2>`;
  const failed =
    error === undefined
      ? undefined
      : html`<p class="alert">It could not be carried out: ${error}</p>`;
  const content = report === undefined ? undefined : runContent(report);
  return html`<section id="${anchor}">${heading}${failed}${content}</section>\n`;
}

/** Passed or not, as a word with a colour; undefined: there is nothing to judge. */
export function badge(passed: boolean | undefined): Html {
  if (passed === undefined) return html`<span class="verdict bad">✗ not carried out</span>`;
  return passed
    ? html`<span class="verdict good">✓ passed</span>`
    : html`<span class="verdict bad">✗ not passed</span>`;
}

function runContent(report: DrillReport): Html {
  return html`<p class="headline">${headline(report)}</p>
${complaintList(report)}
<div class="figures">${figures(report).map(card)}</div>
${twoMastersAlert(report)}
<h3>What happened when</h3>
<figure>${timeline(report)}
<figcaption>${legend(report)}</figcaption></figure>
${phaseList(report.phases)}
${writeTables(report.client)}
${stepTable(report)}
${findingList(report)}
${measuring(report)}
${exactly(report)}`;
}

function complaintList({ complaints }: DrillReport): Html | undefined {
  if (complaints.length === 0) return undefined;
  const items = complaints.map((complaint) => html`<li>${complaint}</li>`);
  return html`<ul class="alert complaints">${items}</ul>`;
}

function card({ value, label, note, tone }: Figure): Html {
  const more = note === undefined ? undefined : html`<span class="muted">${note}</span>`;
  return html`<div class="figure ${tone}"><b>${value}</b><span>${label}</span>${more}</div>\n`;
}

function figures(report: DrillReport): Figure[] {
  const { client, timingsMs } = report;
  if (client === undefined) {
    const { agreed, promoted, rejoined } = timingsMs;
    return [
      { value: timeOr(agreed), label: 'until the Sentinels agreed' },
      { value: timeOr(promoted), label: 'until there was a new master' },
      { value: timeOr(rejoined), label: 'until the old master was back, in sync' },
    ];
  }
  const { longestGap, total, unclear } = client;
  const until = longestGap.fromMs + longestGap.lastedMs;
  return [
    {
      value: seconds(longestGap.lastedMs),
      label: 'longest time without an acknowledged write',
      note: `from ${momentWords(longestGap.fromMs)} to ${momentWords(until)}`,
    },
    firstAck(report),
    { value: count(total.acknowledged), label: 'writes acknowledged' },
    {
      value: count(total.lost),
      label: 'of them lost',
      tone: total.lost === 0 ? 'good' : 'bad',
      ...(unclear === undefined
        ? {}
        : {
            note: `${count(unclear.evicted + unclear.expired)} more are gone: evicted, expired or lost`,
          }),
    },
    {
      value: count(total.unknown),
      label: 'writes of unknown fate',
      ...(total.unknown === 0
        ? {}
        : { note: `${count(total.unknownKept)} of them there after all` }),
    },
  ];
}

/** Where nobody took over there is no such write, and nothing wrong with that. */
function firstAck({ client, promoted }: DrillReport): Figure {
  const label = 'from the fault to the first write that the new master acknowledged';
  if (promoted === undefined) return { value: '–', label, note: 'nobody took over' };
  return { value: timeOr(client?.firstAckMs), label };
}

function timeOr(ms: number | undefined): string {
  return ms === undefined ? 'never' : moment(ms);
}

function twoMastersAlert({ roles }: DrillReport): Html | undefined {
  const both = twoMasters(roles);
  if (both.length === 0) return undefined;
  const reigning = roles.filter(
    ({ role, fromMs, toMs }) =>
      (role === 'master' || role === 'isolated') &&
      both.some((interval) => fromMs < interval.toMs && toMs > interval.fromMs),
  );
  const nodes = listed([...new Set(reigning.map(({ node }) => node))].sort());
  return html`<p class="alert two"><b>For ${seconds(totalMs(both))} there were two masters:</b> ${nodes} believed to be master at the same time. Only one of them stays; what the other is told meanwhile is thrown away when it comes back as a replica.</p>`;
}
