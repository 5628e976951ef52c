import { DEFAULT_TOPOLOGY } from '../model/constants.js';
import type { Plan, Step } from '../model/plan.js';
import {
  type Address,
  addressText,
  fromHere,
  ofKind,
  type TopologyRecord,
} from '../model/topology.js';
import type { Verdict } from '../model/verdict.js';
import { pythonString, shellWord } from './quote.js';
import { indent, type Paint, seconds, table } from './text.js';

export interface UpReport {
  readonly record: TopologyRecord;
  readonly plan: Plan;
  readonly verdict: Verdict;
  /** Name of the node that is master. */
  readonly master: string;
  readonly elapsedMs: number;
  /** Where the password is kept, for a topology that has one. */
  readonly passwordFile?: string;
  /** Certificate of the authority that signed the nodes', for a topology with TLS. */
  readonly authorityFile?: string;
  /** The password itself, for those who asked to see it. */
  readonly shownPassword?: string;
}

/** The document that `up --json` prints. */
export function upJson(report: UpReport): object {
  const { record, plan, verdict, master, elapsedMs, passwordFile, authorityFile } = report;
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
    pasteLines(report, paint),
  ].join('\n\n');
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
    case 'issue-certificate':
      return `${step.path} (${[...step.names.dnsNames, ...step.names.ipAddresses].join(', ')})`;
    case 'make-directory':
    case 'write-secret':
    case 'write-file':
      return `${step.path} (${step.mode.toString(8)})`;
    case 'follow-master':
      return `${step.path} -> ${step.master ? addressText(step.master) : 'nobody'}`;
    case 'create-network':
      return `${step.name} ${step.subnet}`;
    case 'create-container': {
      const { name, image, ip, port, published } = step.container;
      return `${name} (${image}, ${ip}:${port}, published on ${addressText(published)})`;
    }
    case 'start-container':
    case 'resume-container':
    case 'connect-container':
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

function pasteLines(report: UpReport, paint: Paint): string {
  const { record, master } = report;
  const { spec, placement } = record;
  const sentinels = ofKind(placement.nodes, 'sentinel').map(({ published }) => fromHere(published));
  const [first] = sentinels;
  const node = placement.nodes.find(({ name }) => name === master);
  if (first === undefined || node === undefined) return '';
  const named = spec.name === DEFAULT_TOPOLOGY ? '' : ` ${spec.name}`;
  return [
    paint.dim('Ask who is master, then talk to it:'),
    ...shellLines(report, first, fromHere(node.published)),
    paint.dim('A client that follows failovers (Python):'),
    ...pythonLines(report, sentinels),
    paint.dim('Next:'),
    ['status', 'failover', 'down'].map((verb) => `  rsent ${verb}${named}`).join('   '),
  ].join('\n');
}

/** A password is named by its file: what is pasted stays in the shell's history. */
function shellLines(
  { record, passwordFile, authorityFile }: UpReport,
  sentinel: Address,
  master: Address,
): string[] {
  const auth =
    passwordFile === undefined
      ? []
      : [`  export REDISCLI_AUTH="$(cat ${shellWord(passwordFile)})"`];
  const tls = authorityFile === undefined ? '' : ` --tls --cacert ${shellWord(authorityFile)}`;
  const cli = ({ ip, port }: Address) =>
    `  redis-cli${ip === '127.0.0.1' ? '' : ` -h ${ip}`} -p ${port}${tls}`;
  return [
    ...auth,
    `${cli(sentinel)} sentinel get-master-addr-by-name ${record.spec.masterName}`,
    `${cli(master)} set greeting hello`,
  ];
}

function pythonLines(
  { record, passwordFile, authorityFile }: UpReport,
  sentinels: readonly Address[],
): string[] {
  const list = sentinels.map(({ ip, port }) => `('${ip}', ${port})`).join(', ');
  const options = [
    ...(passwordFile === undefined
      ? []
      : [`'password': open(${pythonString(passwordFile)}).read().strip()`]),
    ...(authorityFile === undefined
      ? []
      : [`'ssl': True, 'ssl_ca_certs': ${pythonString(authorityFile)}`]),
  ];
  const who = options.length === 0 ? [] : [`  who = {${options.join(', ')}}`];
  const both = options.length === 0 ? '' : ', sentinel_kwargs=who, **who';
  return [
    '  from redis.sentinel import Sentinel',
    ...who,
    `  Sentinel([${list}], socket_timeout=5${both}).master_for('${record.spec.masterName}').set('greeting', 'hello')`,
  ];
}
