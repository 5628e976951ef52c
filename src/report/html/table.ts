import { type Html, html } from './markup.js';

/** A cell: text, a number (set to the right), or markup. */
export type Cell = string | number | Html;

/** A table that scrolls by itself where it is too wide for the screen. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  const isNumber = headings.map((_, i) => rows.every((row) => typeof row[i] === 'number'));
  const kind = (i: number) => (isNumber[i] && rows.length > 0 ? 'number' : 'text');
  const head = headings.map((each, i) => html`<th scope="col" class="${kind(i)}">${each}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((cell, i) => html`<td class="${kind(i)}">${shown(cell)}</td>`);
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function shown(cell: Cell): Cell {
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell;
}
