import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ImageFacts } from '../engine.js';
import { orMissing } from './failure.js';

/** The image of this name; undefined when there is none. */
export async function findImage(docker: Docker, ref: string): Promise<ImageFacts | undefined> {
  const info = await orMissing(docker.getImage(ref).inspect());
  return info && { id: info.Id };
}

/**
 * Make an image of a tar with a root file system.
 * @param changes lines of a Dockerfile that say more about it
 * @returns its id
 */
export async function importImage(
  docker: Docker,
  ref: string,
  rootfs: Readable,
  changes: readonly string[],
): Promise<string> {
  const [repo = ref, tag = 'latest'] = ref.split(':');
  const reply = await docker.importImage(rootfs, { repo, tag, changes: [...changes] });
  for await (const _ of reply);
  return (await docker.getImage(ref).inspect()).Id;
}
