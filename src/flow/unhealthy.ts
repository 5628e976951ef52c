import { type ErrorDetails, messageOf, RsentError } from '../model/errors.js';
import type { TopologyRecord } from '../model/topology.js';
import type { Finding, Verdict } from '../model/verdict.js';
import type { Context } from './context.js';
import { longer } from './patience.js';
import { isHopeless } from './verify.js';

/** What was brought up and is not as it should be, with what was found. */
export class UnhealthyError extends RsentError {
  readonly verdict: Verdict;

  constructor(verdict: Verdict, message: string, details: ErrorDetails) {
    super('unhealthy', message, details);
    this.verdict = verdict;
  }

  /** What is wrong, on one line. */
  get brief(): string {
    const [first] = this.verdict.findings;
    return first === undefined ? this.message : `${first.subject}: ${first.saw}.`;
  }
}

/** How it was waited for, and what becomes of it. */
export interface Waited {
  readonly timeoutMs: number;
  /** Its containers are this run's, and are removed again. */
  readonly isUndone: boolean;
}

/** Why it is not healthy: each finding, what its nodes said last, and what to do. */
export async function unhealthy(
  context: Context,
  record: TopologyRecord,
  verdict: Verdict,
  { timeoutMs, isUndone }: Waited,
): Promise<UnhealthyError> {
  const { name } = record.spec;
  const own = verdict.findings.filter(({ followsFrom }) => followsFrom === undefined);
  const more = verdict.findings.length - own.length;
  const lines = own.map((finding) => `  - ${findingText(finding)}`);
  if (more > 0) lines.push(`  - ${more} more that follow from it`);
  const logs = await lastLogs(context, record, { ...verdict, findings: own });
  const cause = verdict.findings.find(isHopeless);
  return new UnhealthyError(
    verdict,
    `${name} did not become healthy${cause ? '' : ' in time'}:\n${lines.join('\n')}${logs}`,
    {
      hint: cause ? `To do: ${cause.fix}.` : `${waysToLook(name, isUndone)} ${longer(timeoutMs)}`,
    },
  );
}

function waysToLook(name: string, isUndone: boolean): string {
  return isUndone
    ? `rsent up ${name} --no-rollback keeps the containers for inspection.`
    : `rsent status ${name} shows how it stands now, and rsent logs ${name} what its nodes say.`;
}

async function lastLogs(
  context: Context,
  record: TopologyRecord,
  verdict: Verdict,
): Promise<string> {
  const subjects = new Set(verdict.findings.flatMap(({ subject }) => subject.split(', ')));
  const concerned = record.placement.nodes.filter(({ name }) => subjects.has(name)).slice(0, 4);
  const logs = await Promise.all(
    concerned.map(async ({ name, container }) => {
      const log = await context.engine.logs(container, 8).catch(messageOf);
      return `\n\nThe last lines of ${name}:\n${log.trimEnd()}`;
    }),
  );
  return logs.join('');
}

function findingText({ subject, saw, expected }: Finding): string {
  return `${subject}: ${saw} (expected: ${expected})`;
}
