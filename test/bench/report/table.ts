import Table from 'cli-table3';
import type { BenchResult, Judged, Row } from './result.js';

const HEAD = ['What', 'Median', 'Min', 'Max', 'n', 'Goal', 'Is', ''];

/** Cells of a row; those of its goals have a line for each. */
function cellsOf(row: Row): string[] {
  const { spread, unit, goals } = row;
  const figures =
    spread === undefined
      ? ['-', '-', '-', '0']
      : [spread.median, spread.min, spread.max].map((value) => figure(value, unit));
  if (spread !== undefined) figures.push(String(spread.n));
  const lines = (text: (goal: Judged) => string) => goals.map(text).join('\n');
  return [
    `${row.what}${remarkOf(row)}`,
    ...figures,
    lines(({ goal }) => goal),
    lines(({ value }) => (value === undefined ? '-' : value.toFixed(2))),
    lines(({ verdict }) => verdict),
  ];
}

/** What must be said beside the figures. */
function remarkOf({ missing, failed }: Row): string {
  const failures = failed === 0 ? '' : ` (${failed} failed)`;
  return missing === undefined ? failures : ` (missing: ${missing})${failures}`;
}

function figure(value: number, unit: Row['unit']): string {
  return unit === 's' ? `${value.toFixed(3)} s` : `${value.toFixed(1)} MB`;
}

/** The table for a terminal, with what it was measured on. */
export function textOf(result: BenchResult): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  table.push(...result.rows.map(cellsOf));
  const failures = result.failures.map((each) => `failed: ${each}\n`).join('');
  return `${conditionsOf(result)}\n${table.toString()}\n${failures}`;
}

/** The same in Markdown. */
export function markdownOf(result: BenchResult): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', '<br>')).join(' | ')} |`;
  const rule = HEAD.map((_, i) => (i > 0 && i < 5 ? '---:' : '---'));
  const rows = result.rows.map((row) => line(cellsOf(row)));
  return [conditionsOf(result), '', line(HEAD), line(rule), ...rows, ''].join('\n');
}

/** One sentence about where and when. */
function conditionsOf({ date, commit, machine, rounds, image, load }: BenchResult): string {
  const { cores, memoryMb, kernel, engine, node, server, compose = 'none' } = machine;
  const software = `Docker ${engine}, Compose ${compose}, node ${node}, ${server} (${image})`;
  const loads = `load ${load.start.toFixed(2)} at the start, ${load.end.toFixed(2)} at the end`;
  const of = commit === undefined ? '' : ` of ${commit}`;
  return `${date}${of}: ${cores} cores, ${(memoryMb / 1024).toFixed(0)} GB, Linux ${kernel}, ${software}; ${rounds} rounds after a warm-up, ${loads}.`;
}

const BEGIN = '<!-- bench -->';
const END = '<!-- /bench -->';

/** A text whose part between the two marks is another one. @throws Error when a mark is not there */
export function withTable(document: string, table: string): string {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`There is no place between ${BEGIN} and ${END}.`);
  return `${document.slice(0, from + BEGIN.length)}\n\n${table}\n${document.slice(to)}`;
}
