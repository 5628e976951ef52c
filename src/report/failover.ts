import type { FailoverReport, FailoverStep, Timings } from '../model/timeline.js';
import { findingText } from './status.js';
import { harmless, type Paint, seconds } from './text.js';

/** Words for each moment, in the order in which they usually come. */
const MOMENTS: readonly (readonly [keyof Timings, string])[] = [
  ['suspected', 'first Sentinel misses the master'],
  ['agreed', 'quorum agrees that it is gone'],
  ['elected', 'leader elected'],
  ['promoted', 'promotion seen by the leader'],
  ['switched', 'first Sentinel tells clients'],
  ['reconfigured', 'other replicas follow the new master'],
  ['rejoined', 'old master back in sync'],
];

/** The document that `failover --json` prints. */
export function failoverJson(report: FailoverReport): object {
  const { asBefore, verdict, ...rest } = report;
  const findings = verdict.findings.map(({ settling, ...finding }) => finding);
  return {
    ...rest,
    promoted: report.promoted ?? null,
    verdict: { ...verdict, findings },
    asBefore,
  };
}

/** One step, as it happens. */
export function stepText({ step, name, atMs, events }: FailoverStep, paint: Paint): string {
  const [first] = events;
  const who = first === undefined ? '' : harmless(`${first.sentinel} ${first.event}`.trim());
  return `${paint.bold(String(step))}  ${seconds(atMs).padStart(7)}  ${name}  ${paint.dim(who)}`;
}

/** The summary at the end. */
export function failoverText(report: FailoverReport, paint: Paint): string {
  const { timingsMs, victim, promoted, how, verdict } = report;
  const head =
    promoted === undefined
      ? `${paint.red('No failover:')} ${harmless(report.failure ?? '')}`
      : `${paint.bold(promoted)} took over from ${paint.bold(victim)} (${how === 'manual' ? 'planned hand-over' : how}).`;
  const rows = MOMENTS.flatMap(([key, words]) => {
    const ms = timingsMs[key];
    return ms === undefined ? [] : [{ ms, words }];
  });
  const lines = rows
    .sort((a, b) => a.ms - b.ms)
    .map(({ ms, words }) => `  ${seconds(ms).padStart(7)}  ${words}`);
  const end = `${report.topology} is ${verdict.healthy ? paint.green('healthy') : paint.yellow(verdict.state)}.`;
  const findings = verdict.findings.map((finding) => findingText(finding, paint));
  return [
    head,
    ...(lines.length > 0 ? [lines.join('\n')] : []),
    [end, ...findings].join('\n'),
  ].join('\n\n');
}
