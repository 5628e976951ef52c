import { readFileSync, writeFileSync } from 'node:fs';
import type { Reason } from '../../../src/health/doctor/reason.js';
import { DOCTOR_REASONS } from '../../../src/health/doctor/reasons.js';
import { STATUS_REASONS } from '../../../src/health/doctor/reasons-status.js';
import { NO_ANSWERS } from '../../../src/health/no-answers.js';
import { SAID } from '../../../src/model/no-answer.js';

const PAGE = 'docs/doctor-findings.md';

/** Kinds that no sentence of `SAID` and no first word stands for. */
const OTHERS: Readonly<Record<string, string>> = {
  'max-clients': 'ERR max number of clients reached',
  'unknown-command': 'ERR unknown command',
  late: 'no answer in time, the connection was not made',
  frozen: 'no answer in time, though it takes connections',
  other: 'the words of another service',
  unknown: 'any other error, which is quoted',
};

/** The page as the rules' own tables have it. */
function page(): string {
  return [
    '# What the doctor can find',
    '',
    'Made from the tables of the rules (`src/health/no-answers.ts`, `src/health/doctor/reasons*.ts`);',
    '`test/health/doctor/page.test.ts` compares it, and writes it where `WRITE_DOCS=1`. How each finding is',
    'recognized is in [doctor](doctor.md) and [findings](findings.md).',
    '',
    '## What a server says instead of an answer',
    '',
    'Each is a fact of its own, for the doctor and for `status`. A warning keeps only rsent out; an error keeps',
    'clients out as well.',
    '',
    ...table(
      ['it says, or rsent of it', 'finding', 'what to do'],
      Object.entries(NO_ANSWERS).map(([kind, { code, severity, fix }]) => [
        (SAID as Readonly<Record<string, string>>)[kind] ?? OTHERS[kind] ?? `\`${kind}\``,
        `\`${code}\`${severity === 'warning' ? ' (warning)' : ''}`,
        fix,
      ]),
    ),
    '',
    '## Every finding, and why it matters',
    '',
    ...table(
      ['finding', 'found by', 'why it matters', 'threads'],
      [
        ...rowsOf(DOCTOR_REASONS, 'doctor'),
        ...rowsOf(STATUS_REASONS, 'doctor, `status`').filter(
          ([code = '']) => !Object.hasOwn(DOCTOR_REASONS, code.replaceAll('`', '')),
        ),
      ].sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    ),
    '',
  ].join('\n');
}

function rowsOf(reasons: Readonly<Record<string, Reason>>, by: string): string[][] {
  return Object.entries(reasons).map(([code, { why, threads }]) => [
    `\`${code}\``,
    by,
    why,
    (threads ?? []).join(', '),
  ]);
}

/** In the form that the formatter gives it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, i) => Math.max(...cells.map((row) => [...(row[i] ?? '')].length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - [...cell].length)).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)];
}

/** Without the padding of tables. */
const bare = (text: string) => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');

it('the page of what the doctor can find is what the rules have', () => {
  if (process.env['WRITE_DOCS'] === '1') writeFileSync(PAGE, page());
  expect(bare(readFileSync(PAGE, 'utf8'))).toBe(bare(page()));
});
