import type { Readable } from 'node:stream';
import { MOST_BYTES, type NotPlain, readPlainFile } from '../files/plain.js';
import { RsentError } from '../model/errors.js';
import { wordsOf } from './disk-error.js';

/** How long stdin may say nothing: whoever types a password before has the time for it. */
const SILENCE_MS = 60_000;

/** The text of a file that the user names, or why there is none: it completes "X …". */
export type GivenFile = { readonly text: string } | { readonly fault: string };

/**
 * Read a text file that the user names. Nothing but a plain file of up to 1 MiB is read: a pipe may
 * never end, and a device may have no end.
 * @param path as the user has said it
 */
export async function readGivenFile(path: string): Promise<GivenFile> {
  try {
    const read = await readPlainFile(path);
    return 'bytes' in read
      ? { text: read.bytes.toString('utf8') }
      : { fault: faultOf(read.not, path) };
  } catch (error) {
    return { fault: `cannot be read: ${wordsOf(error)}` };
  }
}

const TOO_LARGE = 'is larger than 1 MiB, and so is nothing of what is wanted there';

function faultOf(not: NotPlain, path: string): string {
  const faults: Readonly<Record<NotPlain, string>> = {
    missing: 'does not exist',
    'a directory': 'is a directory; a file was expected',
    'a pipe': `is a pipe; a plain file was expected, or - for stdin (< ${path})`,
    special: 'is no plain file; a plain file was expected',
    'too large': TOO_LARGE,
  };
  return faults[not];
}

/**
 * The text of a file that the user names, `-` for stdin.
 * @param option whose value it is, as the user knows it: `--file`
 * @param hint what to do where it cannot be had
 * @throws RsentError `usage` when it is not there, is no plain file, is too large, or may not be read
 */
export async function textOfGiven(path: string, option: string, hint: string): Promise<string> {
  const read = path === '-' ? await readAll(process.stdin) : await readGivenFile(path);
  if ('text' in read) return read.text;
  const what = path === '-' ? 'stdin' : path;
  throw new RsentError('usage', `${option}: ${what} ${read.fault}.`, { hint });
}

/**
 * Read a stream to its end.
 * @param silenceMs how long it may say nothing
 */
export async function readAll(stream: Readable, silenceMs = SILENCE_MS): Promise<GivenFile> {
  const chunks: Buffer[] = [];
  let length = 0;
  let isSilent = false;
  const fallSilent = () => {
    isSilent = true;
    stream.destroy();
  };
  let timer = setTimeout(fallSilent, silenceMs);
  try {
    for await (const chunk of stream) {
      clearTimeout(timer);
      timer = setTimeout(fallSilent, silenceMs);
      chunks.push(Buffer.from(chunk));
      length += chunk.length;
      if (length > MOST_BYTES) return { fault: TOO_LARGE };
    }
  } catch (error) {
    if (!isSilent) return { fault: `cannot be read: ${wordsOf(error)}` };
  } finally {
    clearTimeout(timer);
  }
  if (isSilent) return { fault: `said nothing for ${silenceMs / 1000} s` };
  return { text: Buffer.concat(chunks).toString('utf8') };
}
