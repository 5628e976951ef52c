import type { CommandModule } from 'yargs';
import { LOCAL_IMAGE } from '../../model/constants.js';
import { RsentError } from '../../model/errors.js';
import { FIELDS } from '../../spec/fields.js';
import { type Arguments, COMMON, declare } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';

/** `rsent image build` */
export function imageCommand(session: Session): CommandModule {
  return {
    command: 'image <action>',
    describe: 'image build: make a small image from this machine’s redis-server',
    builder: (yargs) =>
      declare(
        yargs.positional('action', {
          choices: ['build'],
          describe: 'build: make one, without a registry',
        }),
        {
          tag: {
            type: 'string',
            describe: `name of the image (${LOCAL_IMAGE})`,
            requiresArg: true,
          },
          json: COMMON.json,
          debug: COMMON.debug,
        },
      ),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const tag = FIELDS.image.safeParse(args['tag'] ?? LOCAL_IMAGE);
  if (!tag.success) {
    throw new RsentError(
      'usage',
      `--tag is ${JSON.stringify(args['tag'])}; legal is ${tag.error.issues[0]?.message}.`,
    );
  }
  const [{ buildImage }, context] = await Promise.all([
    import('../../flow/image-build.js'),
    openContext(session, args),
  ]);
  const built = await buildImage(context, tag.data);
  if (args['json']) output.json({ schemaVersion: 1, ...built });
  else output.answer(built.ref);
}
