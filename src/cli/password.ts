import { textOfGiven } from '../host/given-file.js';
import { RsentError } from '../model/errors.js';
import { passwordProblem } from '../spec/password.js';
import { type Arguments, once } from './options.js';

/** True when the command line or the environment brings a password. */
export function givesPassword(args: Arguments): boolean {
  const { passwordFile, askPassword } = args;
  return passwordFile !== undefined || askPassword === true || fromEnvironment() !== undefined;
}

/**
 * The password that the user gives: from a file, else by answering a question, else from
 * RSENT_PASSWORD. Undefined when none is given.
 * @throws RsentError `usage` when it may not be used; the password is not part of the message
 */
export async function readGivenPassword(args: Arguments): Promise<string | undefined> {
  const { where, password } = await given(args);
  if (password === undefined) return undefined;
  const problem = passwordProblem(password);
  if (problem === undefined) return password;
  throw new RsentError('usage', `The password from ${where} cannot be used: ${problem}.`, {
    hint: 'Nothing was done. Where you give none, rsent makes a strong one.',
  });
}

/**
 * The password of servers that somebody else has made: whatever it is. Undefined when none is given.
 * @throws RsentError `usage` when its file is not there
 */
export async function readForeignPassword(args: Arguments): Promise<string | undefined> {
  return (await given(args)).password;
}

/**
 * The password of foreign Sentinels, where it is not that of the data nodes. Undefined when none is
 * given.
 * @throws RsentError `usage` when its file is not there
 */
export async function readSentinelPassword(args: Arguments): Promise<string | undefined> {
  const flag = 'sentinel-password-file';
  const path = once(args, flag);
  if (path !== undefined) return fromFile(path, `--${flag}`);
  return process.env['RSENT_SENTINEL_PASSWORD'] || undefined;
}

async function given(
  args: Arguments,
): Promise<{ readonly where: string; readonly password?: string | undefined }> {
  const { askPassword } = args;
  const path = once(args, 'password-file');
  if (path !== undefined) return { where: path, password: await fromFile(path, '--password-file') };
  if (askPassword === true) return { where: 'the prompt', password: await asked() };
  return { where: 'RSENT_PASSWORD', password: fromEnvironment() };
}

function fromEnvironment(): string | undefined {
  return process.env['RSENT_PASSWORD'] || undefined;
}

/** The one line of a file; the line end that editors add is not part of it. */
async function fromFile(path: string, flag: string): Promise<string> {
  const content = await textOfGiven(path, flag, 'Nothing was done.');
  return content.replace(/\r?\n$/, '');
}

async function asked(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new RsentError('usage', '--ask-password: nobody is here to be asked.', {
      hint: 'Give it with --password-file or RSENT_PASSWORD.',
    });
  }
  const { askSecret } = await import('./prompts.js');
  return askSecret('Password for every node');
}
