import type { ClientReport, WriteCounts } from '../model/client.js';
import type { DrillReport } from '../model/drill.js';
import type { FailoverStep } from '../model/timeline.js';
import { phasesText } from './phases.js';
import { findingText } from './status.js';
import { harmless, type Paint, seconds, table } from './text.js';

/** Lost writes that are listed one by one; the JSON document has all. */
const LISTED = 10;

/** The document that `failover --json` prints. */
export function drillJson(report: DrillReport): object {
  const findings = report.verdict.findings.map(({ settling, ...finding }) => finding);
  return {
    ...report,
    promoted: report.promoted ?? null,
    client: report.client ?? null,
    verdict: { ...report.verdict, findings },
  };
}

/** One step, as it happens. */
export function stepText({ step, name, atMs, events }: FailoverStep, paint: Paint): string {
  const [first] = events;
  const who = first === undefined ? '' : harmless(`${first.sentinel} ${first.event}`.trim());
  return `${paint.bold(String(step))}  ${seconds(atMs).padStart(7)}  ${name}  ${paint.dim(who)}`;
}

/** The summary at the end. */
export function drillText(report: DrillReport, paint: Paint): string {
  const { verdict, client, complaints, phases } = report;
  const state = verdict.healthy ? paint.green('healthy') : paint.yellow(verdict.state);
  return [
    headline(report, paint),
    ...(phases.length > 0 ? [phasesText(phases, paint)] : []),
    ...(client === undefined ? [] : [clientText(client, paint)]),
    clockText(report, paint),
    [
      `${report.topology} is ${state}.`,
      ...verdict.findings.map((each) => findingText(each, paint)),
      ...complaints.map((each) => `${paint.red('not passed:')} ${harmless(each)}`),
    ].join('\n'),
  ].join('\n\n');
}

/** What happened, in one line: `redis-2 took over from redis-1`. */
export function happenedText({ promoted, oldMaster, expected, failure = '' }: DrillReport): string {
  if (promoted !== undefined) return `${promoted} took over from ${oldMaster}`;
  const why = failure.replace(/\.$/, '');
  return expected === 'no failover' ? 'no failover, as expected' : `no failover: ${why}`;
}

function headline(report: DrillReport, paint: Paint): string {
  const { how, targets, promoted, oldMaster, expected, promotions } = report;
  const fault = faultText(how, targets);
  if (promoted === undefined) {
    const happened = harmless(happenedText(report));
    return `${fault}: ${expected === 'failover' ? paint.red(happened) : happened}.`;
  }
  const often = promotions > 1 ? ` after ${promotions} promotions` : '';
  const surprise = expected === 'no failover' ? paint.red(', which nobody expected') : '';
  return `${fault}: ${paint.bold(promoted)} took over from ${paint.bold(oldMaster)}${often}${surprise}.`;
}

function faultText(how: DrillReport['how'], targets: readonly string[]): string {
  if (how === 'manual') return 'Planned hand-over';
  if (how === 'plain') return 'SENTINEL FAILOVER alone';
  const name = how.charAt(0).toUpperCase() + how.slice(1);
  return `${name} of ${targets.join(', ')}`;
}

function clientText(client: ClientReport, paint: Paint): string {
  const { longestGap, firstAckMs, wait, ratePerS, reads, cost } = client;
  const counted = wait > 0 ? `, each counted once ${wait} of the replicas had it` : '';
  const back =
    firstAckMs === undefined
      ? []
      : [`  ${seconds(firstAckMs).padStart(8)}  until the new master acknowledged its first write`];
  const gap = `  ${seconds(longestGap.lastedMs).padStart(8)}  without an acknowledged write, at the longest`;
  const headings = ['', 'acknowledged', 'failed', 'unknown', 'lost'];
  const rows = client.sides.map(({ side, counts }) => [
    SIDE_WORDS[side],
    ...countCells(counts, paint),
  ]);
  return [
    `A client at ${ratePerS} writes a second${counted} (${cost.cpuPercent.toFixed(1)} % of a core):`,
    ...back,
    gap,
    '',
    table(headings, rows, paint),
    ...(reads
      ? [
          `reads through a replica: ${reads.ok} answered, ${reads.stale} of older data, ${reads.failed} failed`,
        ]
      : []),
    ...lostText(client, paint),
    ...unclearText(client, paint),
  ].join('\n');
}

const SIDE_WORDS = {
  follower: 'following the Sentinels',
  sticky: 'staying with the old master',
  isolated: 'inside the old master',
} as const;

function countCells({ acknowledged, failed, unknown, lost }: WriteCounts, paint: Paint): string[] {
  const bad = lost > 0 ? paint.red(String(lost)) : '0';
  return [String(acknowledged), String(failed), String(unknown), bad];
}

function lostText({ lostWrites, readBackFrom }: ClientReport, paint: Paint): string[] {
  if (lostWrites.length === 0) return [];
  const shown = lostWrites.slice(0, LISTED).map(({ n, side, by, ackedAtMs }) => {
    const who = by === undefined ? '' : ` by ${by}`;
    return `  write ${n} of the client ${SIDE_WORDS[side]}, acknowledged${who} at ${seconds(ackedAtMs)}`;
  });
  const more = lostWrites.length - shown.length;
  const [first, last] = [lostWrites[0], lostWrites.at(-1)];
  const window = `between ${seconds(first?.ackedAtMs ?? 0)} and ${seconds(last?.ackedAtMs ?? 0)}`;
  return [
    paint.red(`lost: acknowledged ${window}, and not on ${readBackFrom}`),
    ...shown,
    ...(more > 0 ? [`  and ${more} more (--json lists them)`] : []),
  ];
}

function unclearText({ unclear }: ClientReport, paint: Paint): string[] {
  if (unclear === undefined) return [];
  const { expired, evicted, evictedKeys, policy = '' } = unclear;
  const evictions = `${evicted} acknowledged writes are gone, and may have been evicted: a node was full (maxmemory-policy ${harmless(policy)}, ${evictedKeys} keys evicted meanwhile)`;
  const expiries = `${expired} acknowledged writes are gone, and may have expired: they were looked up too late`;
  return [...(evicted > 0 ? [evictions] : []), ...(expired > 0 ? [expiries] : [])].map((each) =>
    paint.yellow(`not known to be lost: ${each}`),
  );
}

function clockText({ zero, oldMaster, targets, silences }: DrillReport, paint: Paint): string {
  const node = targets.includes(oldMaster) ? oldMaster : (targets[0] ?? oldMaster);
  const since = {
    'connection closed': `the connection to ${node} broke`,
    'engine answered': 'the engine had made the fault',
    asked: 'the hand-over was begun',
  }[zero];
  const unheard = silences.map(
    ({ sentinel, fromMs, toMs }) =>
      `${sentinel} could not be heard from ${seconds(fromMs)} to ${seconds(toMs)}`,
  );
  const clock = `Times: this host's clock, when an event arrived here, since ${since}.`;
  return paint.dim([clock, ...unheard].join('\n'));
}
