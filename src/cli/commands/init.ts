import { lstat, writeFile } from 'node:fs/promises';
import { assertWritable } from '../../host/disk.js';
import { diskError } from '../../host/disk-error.js';
import { codeOf, RsentError } from '../../model/errors.js';
import type { Answers } from '../../report/spec-file.js';
import { type Arguments, COMMON, declare } from '../options.js';
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
          json: COMMON.json,
          debug: COMMON.debug,
        },
      ),
    handler: (args) => handle(args),
  };
}

async function handle(args: Arguments): Promise<void> {
  const path = String(args['path']);
  const { specFile } = await import('../../report/spec-file.js');
  const isForced = args['force'] === true;
  // Known before anything is asked.
  if (!isForced && (await isThere(path))) throw existsAlready(path);
  await assertWritable(path);
  await write(path, specFile(await answersOf(args)), isForced);
  if (args['json']) output.json({ schemaVersion: 1, path });
  else output.answer(`Wrote ${path}. Bring it up with: rsent up -f ${path}`);
}

/** What the file says: the defaults with --yes, else what the user answers. */
async function answersOf(args: Arguments): Promise<Answers> {
  if (args['yes'] !== true && !process.stdin.isTTY) {
    throw new RsentError('usage', 'rsent init asks questions, and nobody is here to answer them.', {
      hint: 'rsent init --yes writes a file with the defaults.',
    });
  }
  const { askAnswers, DEFAULT_ANSWERS } = await import('../prompts.js');
  return args['yes'] === true ? DEFAULT_ANSWERS : askAnswers();
}

async function write(path: string, content: string, isForced: boolean): Promise<void> {
  try {
    await writeFile(path, content, { flag: isForced ? 'w' : 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw existsAlready(path);
    throw diskError('write', path, error);
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function existsAlready(path: string): RsentError {
  return new RsentError('usage', `${path} exists already.`, {
    hint: 'It was left as it is. Name another file, or say --force to replace it.',
  });
}
