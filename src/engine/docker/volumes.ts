import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { LARGEST_TEXT } from '../../model/constants.js';
import type { Labels } from '../../model/container.js';
import { messageOf } from '../../model/errors.js';
import { EngineError, type FileFacts, type VolumeFacts } from '../engine.js';
import { statusOf } from './failure.js';
import { StrangeReply } from './replies.js';

/** All volumes; with labels, those that carry all of them. */
export async function listVolumes(docker: Docker, labels: Labels): Promise<VolumeFacts[]> {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  // The API gives null where there is none.
  const { Volumes } = await docker.listVolumes({ filters: { label } });
  return (Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }));
}

/**
 * Make a volume. The engine gives the one that is there when there is one of that name.
 * @throws EngineError `name-taken` when that one has other labels
 */
export async function makeVolume(docker: Docker, { name, labels }: VolumeFacts): Promise<void> {
  await docker.createVolume({ Name: name, Labels: { ...labels } });
  const { Labels: present } = await docker.getVolume(name).inspect();
  const isOurs = Object.entries(labels).every(([key, value]) => present?.[key] === value);
  if (isOurs) return;
  throw new EngineError('name-taken', `There is a volume ${name} already, and it is not rsent’s.`, {
    hint: 'It was left as it is. Name the containers otherwise, or remove it: docker volume rm.',
  });
}

/** Headers and padding of a tar with one file (bytes). */
const AROUND = 16 * 1024;

/**
 * A file as a tar, for one that is text; undefined when it is not there.
 * @throws EngineError `other` when it is larger than any text of rsent
 */
export async function getArchive(
  container: Docker.Container,
  path: string,
): Promise<Buffer | undefined> {
  const stream = await openArchive(container, path);
  if (stream === undefined) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > LARGEST_TEXT + AROUND) throw tooLarge(path);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

function tooLarge(path: string): EngineError {
  const most = `${LARGEST_TEXT / 1024 ** 2} MB`;
  return new EngineError('other', `${path} was not read: it is larger than ${most}.`, {
    hint: 'No such file is. A container may have put it there: look at it, and move it away.',
  });
}

/** A file or a directory as a tar that is read piece by piece; undefined when it is not there. */
export async function openArchive(
  container: Docker.Container,
  path: string,
): Promise<Readable | undefined> {
  const stream = await orNoFile(container.getArchive({ path }));
  return stream === undefined ? undefined : Readable.from(stream);
}

/**
 * Unpack a tar into a directory; uid, gid and mode are those of its entries, as copyUIDGID, which
 * would give all of it to the user of the container, is not asked for.
 */
export async function putArchive(
  container: Docker.Container,
  path: string,
  tar: Buffer | Readable,
  replaces: boolean,
): Promise<void> {
  const options = { path, noOverwriteDirNonDir: replaces ? '0' : '1' };
  if (Buffer.isBuffer(tar)) await container.putArchive(tar, options);
  else await putStream(container, options, tar);
}

/** The library knows nothing of a source that fails, and would wait for the rest for ever. */
async function putStream(
  container: Docker.Container,
  options: { readonly path: string; readonly noOverwriteDirNonDir: string },
  tar: Readable,
): Promise<void> {
  const controller = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  tar.on('error', (error) => {
    failure = { error };
    controller.abort();
  });
  try {
    await container.putArchive(tar, { ...options, abortSignal: controller.signal });
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  } finally {
    tar.destroy();
  }
}

/** What tells a version of a file from another; undefined when it is not there. */
export async function fileFacts(
  container: Docker.Container,
  path: string,
): Promise<FileFacts | undefined> {
  const reply: { headers?: Record<string, string>; resume?: () => void } | undefined =
    await orNoFile(container.infoArchive({ path }), path);
  reply?.resume?.();
  if (reply === undefined) return undefined;
  const header = reply.headers?.['x-docker-container-path-stat'];
  if (header === undefined) throw new StrangeReply('a file was found, and nothing is said of it');
  const { size, mtime, mode } = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  return {
    version: `${size} ${mtime}`,
    isDirectory: Math.floor(mode / GO_MODE_DIR) % 2 === 1,
    bytes: Number(size),
    writtenAt: Date.parse(mtime),
  };
}

/** os.ModeDir of Go, in whose words the engine tells modes. */
const GO_MODE_DIR = 2 ** 31;

/**
 * The engine says 404 for a file and for a container that is not there; only the first is an
 * answer. A HEAD comes without words.
 */
async function orNoFile<T>(promise: Promise<T>, wordless?: string): Promise<T | undefined> {
  return promise.catch((error: unknown) => {
    const isFile = wordless !== undefined || /could not find the file/i.test(messageOf(error));
    if (statusOf(error) === 404 && isFile) return undefined;
    throw error;
  });
}
