import { RsentError } from '../../model/errors.js';
import { certificateFiles, type SaidFiles } from '../../spec/certificate-files.js';
import { checkedName, durationFlag, readSaid, type Said } from '../inputs.js';
import { type Arguments, CERTIFICATE, COMMON, declare, text, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent rotate-certs [name]` */
export function rotateCertsCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        ...CERTIFICATE,
        timeout: text('time to be healthy after each node (60s)'),
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const said = await readSaid(args);
  const name = checkedName(said);
  const files = newFiles(said);
  const timeoutMs = durationFlag(args, 'timeout', 60_000);
  const [{ rotateCertificates }, { exclusively }, context] = await Promise.all([
    import('../../flow/rotate-certs.js'),
    import('../../flow/exclusive.js'),
    openContext(session, args),
  ]);
  await exclusively(context, name, () => rotateCertificates(context, name, timeoutMs, files));
  if (args['json']) output.json({ schemaVersion: 1, topology: name, renewed: true });
  else output.answer(`Every node of ${name} has a new certificate.`);
}

/** Where the user's new certificate is; the authority may stay the one that is trusted already. */
function newFiles({ layers }: Said): SaidFiles['files'] {
  const { files, problems } = certificateFiles(layers, ['cert', 'key']);
  if (problems.length === 0) return files;
  throw new RsentError('usage', `${problems.join('.\n')}.`, { hint: 'Nothing was done.' });
}
