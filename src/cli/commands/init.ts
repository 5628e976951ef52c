import { codeOf, messageOf, RsentError } from '../../model/errors.js';
import { type Arguments, declare } from '../options.js';
import { output } from '../output.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent init` */
export function initCommand(_session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(
        yargs.positional('path', {
          type: 'string',
          default: 'rsent.yaml',
          describe: 'file to write',
        }),
        {
          yes: { alias: 'y', type: 'boolean', describe: 'take the defaults, ask nothing' },
          force: { type: 'boolean', describe: 'replace a file that is there' },
          debug: { type: 'boolean', hidden: true },
        },
      ),
    handler: (args) => handle(args),
  };
}

async function handle(args: Arguments): Promise<void> {
  const path = String(args['path']);
  const [{ askAnswers, DEFAULT_ANSWERS }, { specFile }, { writeFile }] = await Promise.all([
    import('../prompts.js'),
    import('../../report/spec-file.js'),
    import('node:fs/promises'),
  ]);
  if (args['yes'] !== true && !process.stdin.isTTY) {
    throw new RsentError('usage', 'rsent init asks questions, and nobody is here to answer them.', {
      hint: 'rsent init --yes writes a file with the defaults.',
    });
  }
  const answers = args['yes'] === true ? DEFAULT_ANSWERS : await askAnswers();
  try {
    await writeFile(path, specFile(answers), { flag: args['force'] === true ? 'w' : 'wx' });
  } catch (error) {
    const exists = codeOf(error) === 'EEXIST';
    throw new RsentError(
      'usage',
      exists ? `${path} exists already.` : `Cannot write ${path}: ${messageOf(error)}`,
      {
        hint: exists
          ? 'It was left as it is. Name another file, or say --force to replace it.'
          : 'Name another file.',
        cause: error,
      },
    );
  }
  output.answer(`Wrote ${path}. Bring it up with: rsent up -f ${path}`);
}
