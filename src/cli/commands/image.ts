import { DEFAULT_IMAGE, LOCAL_IMAGE } from '../../model/constants.js';
import { RsentError } from '../../model/errors.js';
import { shown } from '../../model/shown.js';
import { FIELDS } from '../../spec/fields.js';
import { type Arguments, COMMON, declare, text } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent image pull` and `rsent image build` */
export function imageCommand(session: Session): Verb {
  const common = { json: COMMON.json, debug: COMMON.debug };
  return {
    builder: (yargs) =>
      yargs
        .command({
          command: 'pull',
          describe: 'make sure that the image is here, and print its name',
          builder: (each) =>
            declare(each, { image: text(`name of the image (${DEFAULT_IMAGE})`), ...common }),
          handler: (args: Arguments) => pull(session, args),
        })
        .command({
          command: 'build',
          describe: 'make a small image from this machine’s redis-server, and print its name',
          builder: (each) =>
            declare(each, { tag: text(`name of the image (${LOCAL_IMAGE})`), ...common }),
          handler: (args: Arguments) => build(session, args),
        })
        .demandCommand(1, 'Say what to do: image pull or image build.'),
    handler: () => {},
  };
}

async function pull(session: Session, args: Arguments): Promise<void> {
  const ref = reference(args, 'image', DEFAULT_IMAGE);
  const [{ prepareImage }, context] = await Promise.all([
    import('../../flow/image.js'),
    openContext(session, args),
  ]);
  const { id: _, ...ready } = await prepareImage(context, {
    ref,
    named: args['image'] !== undefined,
  });
  if (args['json']) output.json({ schemaVersion: 1, ...ready });
  else output.answer(ready.ref);
}

async function build(session: Session, args: Arguments): Promise<void> {
  const ref = reference(args, 'tag', LOCAL_IMAGE);
  const [{ buildImage }, context] = await Promise.all([
    import('../../flow/image-build.js'),
    openContext(session, args),
  ]);
  const built = await buildImage(context, ref);
  if (args['json']) output.json({ schemaVersion: 1, ...built });
  else output.answer(built.ref);
}

/** @throws RsentError `usage` when it could not be the name of an image */
function reference(args: Arguments, flag: string, fallback: string): string {
  const checked = FIELDS.image.safeParse(args[flag] ?? fallback);
  if (checked.success) return checked.data;
  const legal = checked.error.issues[0]?.message;
  throw new RsentError('usage', `--${flag} is ${shown(args[flag])}; legal is ${legal}.`);
}
