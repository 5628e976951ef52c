import type { Connection } from '../model/connection.js';
import type { Plan, Step } from '../model/plan.js';
import { addressText, type TopologyRecord } from '../model/topology.js';
import type { Verdict } from '../model/verdict.js';
import { type Pasteable, pasteLines } from './paste.js';
import { indent, type Paint, seconds, table } from './text.js';

export interface UpReport extends Pasteable {
  readonly record: TopologyRecord;
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly elapsedMs: number;
  /** The password itself, for those who asked to see it. */
  readonly shownPassword?: string;
}

/** The document that `up --json` prints. */
export function upJson(report: UpReport): object {
  const { record, plan, verdict, master, elapsedMs } = report;
  const { user, passwordFile, authorityFile } = report.connection;
  return {
    schemaVersion: 1,
    topology: record.spec.name,
    masterName: record.spec.masterName,
    state: verdict.state,
    healthy: verdict.healthy,
    changed: plan.steps.length > 0,
    elapsedMs,
    master: { node: master, address: addressOf(record, master) },
    nodes: record.placement.nodes.map((node) => ({
      name: node.name,
      kind: node.kind,
      role: roleOf(node, master),
      address: addressText(node.address),
      published: addressText(node.published),
      container: node.container,
    })),
    user: user ?? null,
    passwordFile: passwordFile ?? null,
    authorityFile: authorityFile ?? null,
    findings: verdict.findings,
  };
}

/** The table of nodes and lines to paste. */
export function upText(report: UpReport, paint: Paint): string {
  const { record, plan, master, elapsedMs } = report;
  const { spec, placement } = record;
  const rows = placement.nodes.map((node) => [
    node.name,
    roleOf(node, master),
    addressText(node.address),
    addressText(node.published),
    node.container,
  ]);
  const said =
    plan.steps.length === 0
      ? `${paint.bold(spec.name)} is up and healthy already; nothing was changed.`
      : `${paint.bold(spec.name)} is ${paint.green('healthy')} after ${seconds(elapsedMs)}.`;
  return [
    `${said} The master is ${paint.bold(master)}.`,
    table(['NODE', 'ROLE', 'ADDRESS', 'ON THIS HOST', 'CONTAINER'], rows, paint),
    ...(report.shownPassword === undefined ? [] : [`The password: ${report.shownPassword}`]),
    pasteLines({ connection: believed(report), master }, paint),
  ].join('\n\n');
}

/** Names that were seen to be right can be asked for. */
function believed({ connection, verdict }: UpReport): Connection {
  const { anyName: _, ...rest } = connection;
  const wrong = verdict.findings.some(({ code }) => code === 'certificate-names');
  return wrong ? { ...rest, anyName: true } : rest;
}

/** What `up --dry-run` prints: the steps in order, then every file in full. */
export function planText(plan: Plan, paint: Paint): string {
  const steps = plan.steps.map((step, i) => `${String(i + 1).padStart(3)}  ${stepText(step)}`);
  const files = plan.steps.flatMap((step) =>
    step.kind === 'write-file'
      ? [`${paint.bold(step.path)}\n${indent(step.content.trimEnd(), '    ')}`]
      : [],
  );
  const head =
    steps.length === 0 ? 'Nothing to do.' : `Plan for ${plan.topology}, ${steps.length} steps:`;
  return [head, ...(steps.length > 0 ? [steps.join('\n')] : []), ...files].join('\n\n');
}

function stepText(step: Step): string {
  return `${step.kind.padEnd(17)} ${stepSubject(step)}`;
}

function stepSubject(step: Step): string {
  switch (step.kind) {
    case 'write-record':
      return 'topology.json';
    case 'make-authority':
      return step.certificate;
    case 'write-certificate':
      return `${step.path} (your own)`;
    case 'issue-certificate':
      return `${step.path} (${[...step.names.dnsNames, ...step.names.ipAddresses].join(', ')})`;
    case 'make-directory':
    case 'write-secret':
    case 'write-file':
      return `${step.path} (${step.mode.toString(8)})`;
    case 'write-dump':
      return `${step.path} (${step.bytes} bytes)`;
    case 'follow-master':
      return `${step.path} -> ${step.master ? addressText(step.master) : 'nobody'}`;
    case 'create-volume':
      return step.volume;
    case 'create-network':
      return `${step.name} ${step.subnet}`;
    case 'create-container': {
      const { name, image, ports } = step.container;
      const published = ports.map((each) => addressText(each.published)).join(', ');
      return `${name} (${image}${published === '' ? '' : `, published on ${published}`})`;
    }
    case 'start-container':
    case 'resume-container':
    case 'connect-container':
    case 'remove-container':
      return step.container;
    default:
      return step.node;
  }
}

function roleOf(node: { readonly name: string; readonly kind: string }, master: string): string {
  if (node.kind === 'sentinel') return 'sentinel';
  return node.name === master ? 'master' : 'replica';
}

function addressOf({ placement }: TopologyRecord, name: string): string | null {
  const node = placement.nodes.find((each) => each.name === name);
  return node === undefined ? null : addressText(node.address);
}
