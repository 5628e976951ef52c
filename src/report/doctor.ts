import type { Diagnosis, Examination } from '../model/examination.js';
import { addressText } from '../model/topology.js';
import { causeJson, followersText } from './cause.js';
import { harmless, type Paint } from './text.js';

/** All that the report of a doctor is made of. */
export interface Examinations {
  readonly subject: string;
  readonly examined: readonly {
    readonly examination: Examination;
    readonly diagnoses: readonly Diagnosis[];
  }[];
}

/** The document that `doctor --json` prints. */
export function doctorJson({ subject, examined }: Examinations): object {
  return {
    schemaVersion: 1,
    subject,
    healthy: examined.every(({ diagnoses }) => diagnoses.length === 0),
    masters: examined.map(({ examination }) => ({
      name: examination.masterName,
      servers: examination.servers.map((server) => ({
        name: server.name,
        kind: server.observed.kind,
        address: addressText(server.address),
        answered: server.observed.answer.reached,
        member: server.member,
      })),
    })),
    findings: examined.flatMap(({ diagnoses }) =>
      diagnoses.map((diagnosis) => {
        const { code, severity, masterName, subject, saw, why, expected, fix, threads } = diagnosis;
        return {
          code,
          severity,
          masterName,
          subject,
          saw,
          why,
          expected,
          fix,
          threads: threads.map(linkOf),
          ...causeJson(diagnosis, diagnoses),
        };
      }),
    ),
  };
}

/** Findings by whom they are about, the worst first. */
export function doctorText({ subject, examined }: Examinations, paint: Paint): string {
  const text = examined.map((each) => masterText(subject, each, paint)).join('\n\n');
  return paint.isColorSupported ? text : harmless(text);
}

function masterText(
  subject: string,
  { examination, diagnoses }: Examinations['examined'][number],
  paint: Paint,
): string {
  const who = harmless(`${subject}, master name ${examination.masterName}`);
  const summary = `${paint.bold(who)}: ${countText(examination)}`;
  if (diagnoses.length === 0) return `${summary}; ${paint.green('nothing found')}`;
  const own = diagnoses.filter(({ followsFrom }) => followsFrom === undefined);
  const subjects = [...new Set(own.map((each) => each.subject))];
  const groups = subjects.map((each) => {
    const about = own.filter((diagnosis) => diagnosis.subject === each);
    const parts = about.map((diagnosis) => diagnosisText(diagnosis, paint));
    return [paint.bold(harmless(each)), ...parts].join('\n');
  });
  const rest = followersText(diagnoses, paint);
  const errors = diagnoses.filter(({ severity }) => severity === 'error').length;
  const total = `${plural(errors, 'error')}, ${plural(diagnoses.length - errors, 'warning')}`;
  return [`${summary}; ${total}`, ...groups, ...rest].join('\n\n');
}

function countText({ servers }: Examination): string {
  const members = servers.filter(({ member }) => member);
  const of = (kind: 'redis' | 'sentinel') => {
    const all = members.filter(({ observed }) => observed.kind === kind);
    const answered = all.filter(({ observed }) => observed.answer.reached).length;
    const word = plural(all.length, kind === 'redis' ? 'data node' : 'Sentinel');
    return answered === all.length ? word : `${word} (${answered} answered)`;
  };
  return `${of('redis')}, ${of('sentinel')}`;
}

function diagnosisText(
  { severity, code, saw, why, fix, threads }: Diagnosis,
  paint: Paint,
): string {
  const mark = severity === 'error' ? paint.red('✗') : paint.yellow('!');
  return [
    `${mark} seen  ${harmless(saw)}  ${paint.dim(`[${code}]`)}`,
    `    why   ${harmless(why)}`,
    `    do    ${harmless(fix)}`,
    ...(threads.length === 0 ? [] : [paint.dim(`    read  ${threads.map(linkOf).join(' ')}`)]),
  ].join('\n');
}

/** `owner/repository#number` as an address; pages stay as they are. */
function linkOf(thread: string): string {
  const [, repository, number] = /^([^#:]+)#(\d+)$/.exec(thread) ?? [];
  return repository === undefined ? thread : `https://github.com/${repository}/issues/${number}`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
