import type { DrillReport, NodeRole } from '../../model/drill.js';
import { seconds } from '../text.js';
import { mostPerSlice } from './layout.js';
import { LETTERED, letteredOf } from './marks.js';
import { type Html, html } from './markup.js';
import { sideRows } from './rows.js';
import { counted, ROLE_WORDS } from './words.js';

const BARS: readonly { readonly kind: 'kept' | 'lost' | 'refused'; readonly words: string }[] = [
  { kind: 'kept', words: 'acknowledged, and there in the end' },
  { kind: 'lost', words: 'acknowledged, and gone in the end (below the line)' },
  { kind: 'refused', words: 'refused, or without an answer' },
];

const RECT = html`<rect x="1" y="1" width="24" height="14" rx="3"/>`;

/** What the drawing's colours and letters mean; only those that are in it. */
export function legend(report: DrillReport): Html {
  return html`<div class="legend">${[
    list('What a node is', roleItems(report)),
    list('What a Sentinel says', messageItems(report)),
    list('What became of the writes', writeItems(report)),
  ]}</div>`;
}

function list(heading: string, items: readonly Html[]): Html {
  return items.length === 0 ? html`` : html`<div><h4>${heading}</h4><ul>${items}</ul></div>`;
}

function roleItems({ roles }: DrillReport): Html[] {
  const used = new Set<NodeRole>(roles.map(({ role }) => role));
  const shown = (Object.keys(ROLE_WORDS) as NodeRole[]).filter((role) => used.has(role));
  return shown.map((role) =>
    item(swatch(`span ${role}`, RECT), html`<b>${role}</b> ${ROLE_WORDS[role]}`),
  );
}

function messageItems({ events }: DrillReport): Html[] {
  if (events.length === 0) return [];
  const used = new Set(events.map((event) => letteredOf(event)?.letter));
  const letters = LETTERED.filter(({ letter }) => used.has(letter)).map(
    ({ letter, event, words }) => item(letterSwatch(letter), html`${words} <code>${event}</code>`),
  );
  return [...letters, item(tickSwatch(), html`any message (all are listed below)`)];
}

function writeItems(report: DrillReport): Html[] {
  const { client } = report;
  if (client === undefined) return [];
  const full = `The tallest bar is ${counted(mostPerSlice(sideRows(report)), 'write')} in ${seconds(client.sliceMs)}.`;
  return [
    ...BARS.filter(({ kind }) => client.slices.some((slice) => slice[kind] > 0)).map(
      ({ kind, words }) => item(barSwatch(kind), html`${words}`),
    ),
    html`<li class="muted">${full}</li>`,
  ];
}

function item(picture: Html, words: Html): Html {
  return html`<li>${picture}<span>${words}</span></li>\n`;
}

function swatch(kind: string, content: Html): Html {
  return html`<svg class="swatch" viewBox="0 0 26 16" aria-hidden="true"><g class="${kind}">${content}</g></svg>`;
}

function letterSwatch(letter: string): Html {
  return swatch(
    `badge ${letter}`,
    html`<rect x="6" y="0" width="14" height="16" rx="3"/><text x="13" y="12">${letter}</text>`,
  );
}

function tickSwatch(): Html {
  return swatch('tick', html`<rect x="12" y="5" width="2" height="6"/>`);
}

function barSwatch(kind: string): Html {
  const path = kind === 'lost' ? 'M6 3H20V15H6Z' : 'M6 1H20V13H6Z';
  const line = kind === 'lost' ? 'M2 3H24' : 'M2 13H24';
  return swatch(
    'writes',
    html`<path class="${kind}" d="${path}"/><path class="zero" d="${line}"/>`,
  );
}
