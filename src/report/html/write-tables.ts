import type { ClientReport, WriteCounts } from '../../model/client.js';
import { type Html, html } from './markup.js';
import { type Cell, table } from './table.js';
import { count, counted, moment, SIDE_SENTENCES } from './words.js';

/** Lost writes that are listed one by one. */
const MOST_LISTED = 50;

/** What the clients were told of their writes, and what became of them. */
export function writeTables(client: ClientReport | undefined): Html {
  if (client === undefined) {
    return html`<h3>The writes</h3><p>No client wrote during this drill, so that it says nothing about lost writes.</p>`;
  }
  const { sides, total } = client;
  const rows = sides.map(({ side, counts }) => countsRow(side, counts));
  const sum = sides.length > 1 ? [countsRow('all', total)] : [];
  const where = sides.map(({ side }) => html`<li><b>${side}</b> ${SIDE_SENTENCES[side]}</li>\n`);
  return html`<h3>The writes</h3>
<p>${howWritten(client)}</p>
<ul>${where}</ul>
${table(['client', 'acknowledged', 'failed', 'unknown', 'lost', 'unknown, but there'], [...rows, ...sum])}
${meanings(client)}${lostTable(client)}${reasonsTable(client)}`;
}

function howWritten({ ratePerS, wait, sides }: ClientReport): string {
  const hasSticky = sides.some(({ side }) => side === 'sticky');
  const but = hasSticky
    ? ' The sticky one tried fewer: it only shows for how long somebody serves.'
    : '';
  const each = sides.length > 1 ? 'These clients' : 'A client';
  const waited =
    wait === 0
      ? ''
      : ` A write counts as acknowledged once ${counted(wait, 'replica')} had it too (WAIT ${wait}).`;
  return `${each} tried ${counted(ratePerS, 'write')} a second, each write to a key of its own.${but}${waited}`;
}

function countsRow(name: string, counts: WriteCounts): Cell[] {
  const { acknowledged, failed, unknown, lost, unknownKept } = counts;
  return [name, acknowledged, failed, unknown, lost, unknownKept];
}

function meanings({ readBackFrom, total, reads }: ClientReport): Html {
  const untrue =
    total.failedKept === 0
      ? undefined
      : html` <b>${counted(total.failedKept, 'write')}</b> failed and ${total.failedKept === 1 ? 'is' : 'are'} there all the same: an error that did not tell the truth.`;
  const read =
    reads === undefined
      ? undefined
      : html`<p>Reads through replicas: ${count(reads.ok)} saw every write acknowledged before, ${count(reads.stale)} did not (stale), ${count(reads.failed)} failed.</p>`;
  return html`<p><b>Acknowledged</b>: the client was told OK. <b>Failed</b>: the client was told that the write was not done, or could not send it. <b>Unknown</b>: no answer came, so that the write may or may not have been done. <b>Lost</b>: acknowledged, yet not on ${readBackFrom}, the master in the end, where every write was looked up. <b>Unknown, but there</b>: no answer came, and the write is there after all.${untrue}</p>${read}`;
}

function lostTable({ lostWrites }: ClientReport): Html | undefined {
  if (lostWrites.length === 0) return undefined;
  const rows = lostWrites
    .slice(0, MOST_LISTED)
    .map(({ n, side, by, ackedAtMs }) => [`#${n}`, side, by ?? 'not known', moment(ackedAtMs)]);
  const more = lostWrites.length - rows.length;
  const rest = more > 0 ? html`<p>… and ${count(more)} more.</p>` : undefined;
  return html`<details><summary>The lost writes, one by one</summary>
${table(['write', 'client', 'acknowledged by', 'after the fault'], rows)}${rest}</details>`;
}

function reasonsTable({ reasons }: ClientReport): Html | undefined {
  if (reasons.length === 0) return undefined;
  const rows = reasons.map(({ side, outcome, why, count: times }) => [
    side,
    outcome === 'fail' ? 'failed' : 'unknown',
    why,
    times,
  ]);
  return html`<h4>Why writes failed or stayed unknown</h4>
${table(['client', 'outcome', 'what it was told', 'times'], rows)}`;
}
