import { join } from 'node:path';
import { type NotPlain, readPlainFile } from '../../files/plain.js';
import { codeOf } from '../../model/errors.js';
import { EngineError } from '../engine.js';

/** How a connection to an engine is secured. */
export interface EngineTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** Whoever answers is believed: the user has said so. */
  readonly unverified?: true;
}

/** Where the files are, and who wants them. */
export interface TlsPlace {
  readonly folder: string;
  /** Begins the sentence: `DOCKER_TLS_VERIFY is set`. */
  readonly because: string;
  /** How another folder is chosen. */
  readonly elsewhere: string;
  readonly verified: boolean;
}

/**
 * The certificates for an engine, by the names that docker gives them. One that is asked for and not
 * there is an error: without it the connection would be weaker than what was asked for.
 * @throws EngineError `unreachable`, naming the files that are missing and where they were looked for
 */
export async function readTls(place: TlsPlace): Promise<EngineTls> {
  const read = (file: string) => readOptional(join(place.folder, file));
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map(read));
  const missing = [
    ...(place.verified && ca === undefined ? ['ca.pem'] : []),
    ...(cert === undefined && key !== undefined ? ['cert.pem'] : []),
    ...(key === undefined && cert !== undefined ? ['key.pem'] : []),
  ];
  if (missing.length > 0) throw withoutFiles(missing, place);
  return {
    ...(ca && place.verified ? { ca } : {}),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(place.verified ? {} : { unverified: true }),
  };
}

function withoutFiles(missing: readonly string[], place: TlsPlace): EngineError {
  const are = missing.length > 1 ? 'are' : 'is';
  return new EngineError(
    'unreachable',
    `${place.because}, and ${missing.join(' and ')} ${are} missing in ${place.folder}.`,
    {
      hint: `Nothing was sent. Put it there (ca.pem, and cert.pem with key.pem where the engine wants to know its clients), or ${place.elsewhere}.`,
    },
  );
}

/**
 * A file of the docker configuration, or undefined where there is none.
 * @throws EngineError `unreachable` when it is there and cannot be read, or is no plain file of up to
 * 1 MiB
 */
export async function readOptional(path: string): Promise<Buffer | undefined> {
  const read = await readPlainFile(path).catch((error: unknown) => {
    throw unread(path, UNREADABLE[codeOf(error) ?? ''], error);
  });
  if ('bytes' in read) return read.bytes;
  if (read.not === 'missing') return undefined;
  throw unread(path, NOT_PLAIN[read.not]);
}

function unread(path: string, why: string | undefined, cause?: unknown): EngineError {
  const reason = why === undefined ? '' : `: ${why}`;
  return new EngineError('unreachable', `${path} cannot be read${reason}.`, {
    hint: `It is part of the docker configuration. Look at it: ls -ld ${path}.`,
    cause,
  });
}

const NOT_PLAIN: Readonly<Record<Exclude<NotPlain, 'missing'>, string>> = {
  'a directory': 'it is a directory',
  'a pipe': 'it is a pipe, not a plain file',
  special: 'it is no plain file',
  'too large': 'it is larger than 1 MiB, as no such file is',
};

const UNREADABLE: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read it',
  ELOOP: 'it is a link that leads back to itself',
};
