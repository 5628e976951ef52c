import type { DrillReport } from '../../model/drill.js';
import { seconds } from '../text.js';
import { type Html, html } from './markup.js';
import { nodeRows } from './rows.js';
import { table } from './table.js';
import { moment, zeroWords } from './words.js';

/** The steps of a failover, each with its first sign. */
export function stepTable({ steps }: DrillReport): Html | undefined {
  if (steps.length === 0) return undefined;
  const rows = [...steps]
    .sort((a, b) => a.atMs - b.atMs || a.step - b.step)
    .map(({ step, name, atMs, events: [first] }) => [
      String(step),
      moment(atMs),
      name,
      first === undefined
        ? ''
        : html`${first.sentinel} <code>${first.event}</code> <span class="muted">${first.detail}</span>`,
    ]);
  return html`<h3>The steps of the failover</h3>
<p>In the order in which they began. Some overlap.</p>
${table(['step', 'began', 'what', 'first sign'], rows)}`;
}

/** What is not as it should be, now that the drill is over. */
export function findingList({ verdict }: DrillReport): Html {
  const items = verdict.findings.map(
    ({ severity, subject, saw, expected, fix, code }) =>
      html`<li class="${severity}"><b>${severity === 'error' ? 'Error' : 'Warning'}: ${subject}</b> ${saw} <code>${code}</code><br/><span class="muted">expected</span> ${expected}<br/><span class="muted">to do</span> ${fix}</li>\n`,
  );
  const list = items.length === 0 ? undefined : html`<ul class="findings">${items}</ul>`;
  const end = verdict.healthy
    ? 'Every node was asked, and the topology is healthy.'
    : `Every node was asked, and the topology is ${verdict.state}.`;
  return html`<h3>After the drill</h3><p>${end}</p>${list}`;
}

/** By which clock the times are, and what could not be heard. */
export function measuring(report: DrillReport): Html {
  const { silences, client } = report;
  const quiet = silences.map(
    ({ sentinel, fromMs, toMs }) =>
      html`<li>${sentinel}: from ${moment(fromMs)} to ${moment(toMs)} (${seconds(toMs - fromMs)})</li>\n`,
  );
  const silence =
    quiet.length === 0
      ? undefined
      : html`<p>These Sentinels could not be heard for a while; what they said then is missing above:</p><ul>${quiet}</ul>`;
  const cost =
    client === undefined
      ? undefined
      : html`<p>Writing took ${seconds(client.cost.cpuMs)} of CPU time over ${seconds(client.cost.overMs)}, ${client.cost.cpuPercent.toFixed(1)} % of one core.</p>`;
  return html`<h3>How the times were taken</h3>
<p>All times are by one clock, that of the machine which ran rsent: a Sentinel’s message counts from its arrival there. Zero is ${zeroWords(report)}.</p>${silence}${cost}`;
}

/** What the drawing shows, as tables: for those who cannot see it, or want to know exactly. */
export function exactly(report: DrillReport): Html {
  const roles = nodeRows(report).flatMap(({ node, spans }) =>
    spans.map(({ role, fromMs, toMs }) => [
      node,
      role,
      moment(fromMs),
      moment(toMs),
      seconds(toMs - fromMs),
    ]),
  );
  const events = [...report.events]
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, sentinel, event, detail }) => [
      moment(atMs),
      sentinel,
      html`<code>${event}</code>`,
      detail,
    ]);
  return html`<details><summary>What each node was, and when</summary>
${table(['node', 'role', 'from', 'to', 'for'], roles)}</details>
<details><summary>Every message of the Sentinels (${events.length})</summary>
${table(['time', 'Sentinel', 'message', 'about'], events)}</details>`;
}
