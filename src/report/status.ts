import { addressText } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { causeJson, followersText } from './cause.js';
import { bytes, harmless, type Paint, table } from './text.js';
import {
  type RedisRow,
  redisRows,
  type SentinelRow,
  type Subject,
  sentinelRows,
} from './topology-view.js';

/** The document that `status --json` prints. */
export function statusJson(subject: Subject): object {
  const { verdict, master } = subject;
  return {
    schemaVersion: 1,
    topology: subject.topology,
    masterName: subject.masterName,
    state: verdict.state,
    healthy: verdict.healthy,
    master:
      master === undefined ? null : { node: master.node, address: addressText(master.address) },
    nodes: redisRows(subject),
    sentinels: sentinelRows(subject),
    findings: verdict.findings.map((finding) => {
      const { code, severity, subject, saw, expected, fix, followsFrom } = finding;
      return {
        code,
        severity,
        subject,
        saw,
        expected,
        fix,
        ...(followsFrom === undefined ? {} : { followsFrom }),
        ...causeJson(finding, verdict.findings),
      };
    }),
  };
}

/** One screen of truth. */
export function statusText(subject: Subject, paint: Paint): string {
  const parts = [
    headline(subject, paint),
    redisTable(subject, paint),
    sentinelTable(subject, paint),
  ];
  const { findings } = subject.verdict;
  if (findings.length > 0) parts.push(findingsText(findings, paint));
  return harmlessLines(parts.join('\n\n'), paint);
}

/** Each finding in full, but for those that another one explains: a line for each of them. */
function findingsText(findings: readonly Finding[], paint: Paint): string {
  const own = findings.filter(({ followsFrom }) => followsFrom === undefined);
  const full = own.map((finding) => findingText(finding, paint));
  return [...full, ...followersText(findings, paint)].join('\n');
}

/** A finding in three lines: seen, expected, to do. */
export function findingText(
  { severity, subject, code, saw, expected, fix }: Finding,
  paint: Paint,
): string {
  const mark = severity === 'error' ? paint.red('✗') : paint.yellow('!');
  return [
    `${mark} ${paint.bold(harmless(subject))}  ${harmless(saw)}  ${paint.dim(`[${code}]`)}`,
    `    expected  ${harmless(expected)}`,
    `    to do     ${harmless(fix)}`,
  ].join('\n');
}

function headline({ topology, masterName, master, verdict }: Subject, paint: Paint): string {
  const colour = { healthy: paint.green, degraded: paint.yellow, down: paint.red }[verdict.state];
  const who =
    master === undefined ? 'no master' : `master ${master.node} at ${addressText(master.address)}`;
  return `${paint.bold(topology)} is ${colour(verdict.state)}: ${who}, known to Sentinel as ${masterName}`;
}

function redisTable(subject: Subject, paint: Paint): string {
  const rows = redisRows(subject).map((row) => [
    row.name,
    row.role === 'master' ? paint.bold(row.role) : row.role,
    row.address,
    stateText(row, subject),
    row.link ?? '-',
    row.offset === null ? '-' : String(row.offset),
    row.lagBytes === null ? '-' : bytes(row.lagBytes),
  ]);
  return table(['NODE', 'ROLE', 'ADDRESS', 'STATE', 'LINK', 'OFFSET', 'BEHIND'], rows, paint);
}

function sentinelTable(subject: Subject, paint: Paint): string {
  const nameOf = new Map(subject.targets.map(({ address, name }) => [addressText(address), name]));
  const rows = sentinelRows(subject).map((row) => [
    row.name,
    row.address,
    stateText(row, subject),
    row.sees?.master ? (nameOf.get(row.sees.master) ?? harmless(row.sees.master)) : '-',
    row.sees === null ? '-' : String(row.sees.replicas),
    row.sees === null ? '-' : String(row.sees.sentinels),
    row.sees?.quorum ?? '-',
    row.sees?.epoch == null ? '-' : String(row.sees.epoch),
  ]);
  const headings = [
    'SENTINEL',
    'ADDRESS',
    'STATE',
    'SEES MASTER',
    'REPLICAS',
    'SENTINELS',
    'QUORUM',
    'EPOCH',
  ];
  return table(headings, rows, paint);
}

function stateText(row: RedisRow | SentinelRow, { observation }: Subject): string {
  const seen = observation.nodes.find(({ name }) => name === row.name);
  if (seen === undefined) return 'absent';
  return seen.container === 'running' && !seen.answer.reached ? 'silent' : seen.container;
}

/** Values were cleaned one by one; what is left to clean must not take our own colours away. */
function harmlessLines(text: string, paint: Paint): string {
  return paint.isColorSupported ? text : harmless(text);
}
