import type { CommandModule } from 'yargs';
import type { Context } from '../../flow/context.js';
import type { UpResult } from '../../flow/up.js';
import { clientFiles, readPassword } from '../../host/secrets.js';
import type { TopologySpec } from '../../model/spec.js';
import { withCertificate } from '../certificate.js';
import { durationFlag, nameOf, readSaid, resolveSaid } from '../inputs.js';
import { type Arguments, COMMON, declare, PASSWORD, SPEC, withName } from '../options.js';
import { output } from '../output.js';
import { readGivenPassword } from '../password.js';
import { openContext, type Session } from '../session.js';

/** `rsent up [name]` */
export function upCommand(session: Session): CommandModule {
  return {
    command: 'up [name]',
    describe: 'create a topology, or bring it back, and prove that it is healthy',
    builder: (yargs) =>
      declare(withName(yargs), {
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
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const { said, certificate } = await withCertificate(await readSaid(args));
  const name = nameOf(said);
  const password = await readGivenPassword(args);
  const timeoutMs = durationFlag(args, 'timeout', 60_000);
  const [{ up }, { exclusively }, context] = await Promise.all([
    import('../../flow/up.js'),
    import('../../flow/exclusive.js'),
    openContext(session, args),
  ]);
  const options = {
    name,
    resolve: (existing: TopologySpec | undefined) => {
      const { spec, warnings } = resolveSaid(said, existing);
      for (const warning of warnings) context.progress.warn(warning);
      return spec;
    },
    ...(password === undefined ? {} : { password }),
    ...(certificate === undefined ? {} : { certificate }),
    timeoutMs,
    rollback: args['rollback'] !== false,
    soak: args['soak'] === true,
    dryRun: args['dryRun'] === true,
    recreate: args['recreate'] === true,
  };
  const result = options.dryRun
    ? await up(context, options)
    : await exclusively(context, name, () => up(context, options));
  for (const warning of upWarnings(result)) context.progress.warn(warning);
  await printUp(context, args, result);
}

/** What is worth knowing although all is well, each once for all nodes that it is about. */
export function upWarnings({ proof }: UpResult): string[] {
  const subjects = new Map<string, string[]>();
  for (const { severity, subject, saw, fix } of proof?.verdict.findings ?? []) {
    if (severity !== 'warning') continue;
    const text = `${saw}; ${fix}`;
    subjects.set(text, [...(subjects.get(text) ?? []), subject]);
  }
  return [...subjects].map(([text, all]) => `${all.join(', ')}: ${text}`);
}

/** The answer of `up`, and of verbs that bring a topology up. */
export async function printUp({ home }: Context, args: Arguments, result: UpResult): Promise<void> {
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
    connection: connectionOf(result.record, clientFiles(home, name), true),
    ...(shown ? { shownPassword: shown } : {}),
  };
  if (args['json']) output.json(report.upJson(done));
  else output.answer(report.upText(done, paint));
}
