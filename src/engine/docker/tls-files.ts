import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
 * @throws EngineError `unreachable` when it is there and cannot be read
 */
export async function readOptional(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const why = code === undefined ? undefined : UNREADABLE[code];
    throw new EngineError('unreachable', `${path} cannot be read${why ? `: ${why}` : ''}.`, {
      hint: `It is part of the docker configuration. Look at it: ls -ld ${path}.`,
      cause: error,
    });
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read it',
  EISDIR: 'it is a directory',
  ELOOP: 'it is a link that leads back to itself',
};
