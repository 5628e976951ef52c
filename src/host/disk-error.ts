import { codeOf, messageOf, RsentError } from '../model/errors.js';

/** What went wrong with a file, with the code of the system, for whoever looks it up. */
export function wordsOf(error: unknown): string {
  const code = codeOf(error);
  // Ours, as it has no code of the system.
  if (code === undefined) return messageOf(error);
  const why = REASONS[code]?.[0];
  return why === undefined ? unnamed(code) : `${why} (${code})`;
}

/** What the system said of a file, and what to do about it. */
export function diskError(verb: string, path: string, error: unknown): RsentError {
  if (error instanceof RsentError) return error;
  const code = codeOf(error);
  const [why, hint] = code === undefined ? [messageOf(error)] : (REASONS[code] ?? [unnamed(code)]);
  return new RsentError('topology', `Cannot ${verb} ${path}: ${why}.`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What is so rare that nobody has put it in words yet. */
function unnamed(code: string): string {
  return `the system refuses it (${code})`;
}

const OTHER_PLACE = 'Check who owns it, or choose another place with --data-dir or RSENT_DATA_DIR.';
const NO_DIRECTORY = 'Name a directory with --data-dir or RSENT_DATA_DIR, or move the file away.';

/** What the system's codes mean here, and what to do. */
const REASONS: Readonly<Record<string, readonly [why: string, hint?: string]>> = {
  EACCES: ['this user may not', OTHER_PLACE],
  EPERM: ['this user may not', OTHER_PLACE],
  ENOSPC: ['the disk is full', 'The disk is full: free some space, and run it again.'],
  EDQUOT: ['the quota of this user is used up', 'Free some space, or choose another --data-dir.'],
  EISDIR: [
    'it is a directory',
    'A file is to be there: move the directory away, and run it again.',
  ],
  ENOTDIR: ['it, or what is above it, is a file or a link that leads nowhere', NO_DIRECTORY],
  EEXIST: ['it, or what is above it, is a file or a link that leads nowhere', NO_DIRECTORY],
  ENOENT: ['it is not there'],
  ELOOP: ['it is a link that leads back to itself', 'Remove the link, or name another --data-dir.'],
  ENAMETOOLONG: ['its name is too long', 'Choose a shorter one with --data-dir or RSENT_DATA_DIR.'],
  EROFS: [
    'its file system is read-only',
    'It is on a read-only file system: choose another place with --data-dir.',
  ],
  EIO: ['the disk reports an error', 'The log of the kernel says more: dmesg.'],
};
