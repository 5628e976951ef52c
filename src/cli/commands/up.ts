import type { Context } from '../../flow/context.js';
import type { UpOptions, UpResult } from '../../flow/up.js';
import { clientFiles, readPassword } from '../../host/secrets.js';
import type { GivenCertificate } from '../../model/certificate.js';
import type { TopologySpec } from '../../model/spec.js';
import type { Layer } from '../../spec/layers.js';
import { withCertificate } from '../certificate.js';
import { durationFlag, nameOf, readSaid, resolveSaid, type Said, variablesIn } from '../inputs.js';
import {
  type Arguments,
  COMMON,
  declare,
  once,
  PASSWORD,
  SPEC,
  text,
  withName,
} from '../options.js';
import { output } from '../output.js';
import { readGivenPassword } from '../password.js';
import { openContext, type Session } from '../session.js';
import type { DeclaredOptions } from '../typed.js';
import type { Verb } from '../verb.js';

/** Options of the verbs that make a topology. */
export const UP = {
  ...COMMON,
  ...SPEC,
  ...PASSWORD,
  'show-password': { type: 'boolean', describe: 'print the password in the lines to paste' },
  timeout: { type: 'string', describe: 'time to become healthy (60s)', requiresArg: true },
  rollback: { type: 'boolean', describe: 'undo what this run created when it fails (yes)' },
  recreate: {
    type: 'boolean',
    describe: 'make all containers and confs anew, as the spec says now; the data stays',
  },
  soak: { type: 'boolean', describe: 'also watch two hello periods for anything that moves' },
  'dry-run': { type: 'boolean', describe: 'print the plan and the files, touch nothing' },
} as const satisfies DeclaredOptions;

const REBUILD = text(
  'data nodes (redis-2,redis-3) to fill anew from another node; what they have is kept beside it',
);

/** `rsent up [name]` */
export function upCommand(session: Session): Verb {
  return {
    builder: (yargs) => declare(withName(yargs), { ...UP, rebuild: REBUILD }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const { said, certificate } = await withCertificate(await readSaid(args));
  const [{ up }, { exclusively }, context] = await Promise.all([
    import('../../flow/up.js'),
    import('../../flow/exclusive.js'),
    openContext(session, args),
  ]);
  const rebuild = once(args, 'rebuild')
    ?.split(',')
    .map((each) => each.trim());
  const read = await readUp(args, said, certificate, context);
  const options = { ...read, ...(rebuild === undefined ? {} : { rebuild }) };
  const result = options.dryRun
    ? await up(context, options)
    : await exclusively(context, options.name, () => up(context, options));
  await printUp(context, args, result);
}

/**
 * What a verb that makes a topology is told by its flags.
 * @param fallback stands in for the defaults of a topology that does not exist yet
 */
export async function readUp(
  args: Arguments,
  said: Said,
  certificate: GivenCertificate | undefined,
  { progress }: Context,
  fallback?: Layer,
): Promise<UpOptions> {
  const all = fallback === undefined ? said : { ...said, layers: [...said.layers, fallback] };
  const name = nameOf(all);
  const password = await readGivenPassword(args);
  const timeoutMs = durationFlag(args, 'timeout', 60_000);
  const told = new Set<string>();
  return {
    name,
    resolve: (existing: TopologySpec | undefined) => {
      const { spec, warnings } = resolveSaid(existing === undefined ? all : said, existing);
      for (const warning of warnings.filter((each) => !told.has(each))) progress.warn(warning);
      for (const warning of warnings) told.add(warning);
      return spec;
    },
    ...(password === undefined ? {} : { password }),
    ...(certificate === undefined ? {} : { certificate }),
    timeoutMs,
    rollback: args['rollback'] !== false,
    soak: args['soak'] === true,
    dryRun: args['dryRun'] === true,
    recreate: args['recreate'] === true,
    variables: variablesIn(args),
  };
}

/** What is worth knowing although all is well, each once for all nodes that it is about. */
function upWarnings({ proof }: UpResult): string[] {
  const subjects = new Map<string, string[]>();
  for (const { severity, subject, saw, fix } of proof?.verdict.findings ?? []) {
    if (severity !== 'warning') continue;
    const text = `${saw}; ${fix}`;
    subjects.set(text, [...(subjects.get(text) ?? []), subject]);
  }
  return [...subjects].map(([text, all]) => `${all.join(', ')}: ${text}`);
}

/**
 * Print what was made, or the plan of a dry run.
 * @param more goes into the document besides
 */
export async function printUp(
  { home, progress }: Context,
  args: Arguments,
  result: UpResult,
  more: object = {},
): Promise<void> {
  for (const warning of upWarnings(result)) progress.warn(warning);
  const [report, { connectionOf }, { paintFor }] = await Promise.all([
    import('../../report/up.js'),
    import('../../report/connection.js'),
    import('../../report/text.js'),
  ]);
  const paint = paintFor(process.stdout, process.env);
  if (result.proof === undefined) {
    if (args['json']) output.json({ schemaVersion: 1, ...result.plan });
    else output.answer(report.planText(result.plan, paint));
    return;
  }
  const { name, security } = result.record.spec;
  const shown = security.auth && args['showPassword'] === true && (await readPassword(home, name));
  const done = {
    record: result.record,
    plan: result.plan,
    ...result.proof,
    connection: connectionOf(result.record, clientFiles(home, name), false),
    ...(shown ? { shownPassword: shown } : {}),
  };
  if (args['json']) output.json({ ...report.upJson(done), ...more });
  else output.answer(report.upText(done, paint));
}
