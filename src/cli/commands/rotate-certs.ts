import type { CommandModule } from 'yargs';
import { durationFlag, readName } from '../inputs.js';
import { type Arguments, COMMON, declare, text, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';

/** `rsent rotate-certs [name]` */
export function rotateCertsCommand(session: Session): CommandModule {
  return {
    command: 'rotate-certs [name]',
    describe: 'issue new certificates to all nodes of a running topology',
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        timeout: text('time to be healthy after each node (60s)'),
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const name = await readName(args);
  const timeoutMs = durationFlag(args, 'timeout', 60_000);
  const [{ rotateCertificates }, { exclusively }, context] = await Promise.all([
    import('../../flow/rotate-certs.js'),
    import('../../flow/exclusive.js'),
    openContext(session, args),
  ]);
  await exclusively(context, name, () => rotateCertificates(context, name, timeoutMs));
  if (args['json']) output.json({ schemaVersion: 1, topology: name, renewed: true });
  else output.answer(`Every node of ${name} has a new certificate.`);
}
