import { RsentError } from '../../model/errors.js';
import type { TopologySpec } from '../../model/spec.js';
import { withCertificate } from '../certificate.js';
import { nameOf, readSaid, resolveSaid } from '../inputs.js';
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
import type { Verb } from '../verb.js';

/** `rsent export compose [name]` */
export function exportCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      yargs
        .command({
          command: 'compose [name]',
          describe: 'write a Compose file, with the conf files and secrets beside it',
          builder: (each) =>
            declare(withName(each), {
              ...COMMON,
              ...SPEC,
              ...PASSWORD,
              to: text('directory to write; not there yet, or empty'),
            }),
          handler: (args: Arguments) => compose(session, args),
        })
        .demandCommand(1, 'Say what to write: export compose.'),
    handler: () => {},
  };
}

async function compose(session: Session, args: Arguments): Promise<void> {
  const to = once(args, 'to');
  if (!to) throw new RsentError('usage', 'Say which directory to write: --to DIR.');
  const { said, certificate } = await withCertificate(await readSaid(args));
  const name = nameOf(said);
  const password = await readGivenPassword(args);
  const [{ exportCompose }, { exclusively }, { hasRecord }, context] = await Promise.all([
    import('../../flow/export.js'),
    import('../../flow/exclusive.js'),
    import('../../host/data-home.js'),
    openContext(session, args),
  ]);
  const options = {
    ...{ name, to },
    resolve: (existing: TopologySpec | undefined) => {
      const { spec, warnings } = resolveSaid(said, existing);
      for (const warning of warnings) context.progress.warn(warning);
      return spec;
    },
    ...(password === undefined ? {} : { password }),
    ...(certificate === undefined ? {} : { certificate }),
  };
  const act = () => exportCompose(context, options);
  // So that no password is changed meanwhile. Of what is not there nothing can be.
  const isThere = await hasRecord(context.home, name);
  const written = isThere ? await exclusively(context, name, act) : await act();
  const { composeAnswer, composeJson } = await import('../../report/compose.js');
  if (args['json']) output.json(composeJson(written));
  else output.answer(composeAnswer(written));
}
