import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { EngineError, type ImageFacts } from '../engine.js';
import { orMissing } from './failure.js';
import { progressOf } from './progress.js';
import { StrangeReply } from './replies.js';

/** The image of this name; undefined when there is none. */
export async function findImage(docker: Docker, ref: string): Promise<ImageFacts | undefined> {
  const info = await orMissing(docker.getImage(ref).inspect());
  return info && { id: info.Id };
}

/**
 * Make an image of a tar with a root file system.
 * @param changes lines of a Dockerfile that say more about it
 * @returns its id
 * @throws EngineError where the engine says that it is made, and has none of that name
 */
export async function importImage(
  docker: Docker,
  ref: string,
  rootfs: Readable,
  changes: readonly string[],
): Promise<string> {
  const [repo = ref, tag = 'latest'] = ref.split(':');
  const reply = await docker.importImage(rootfs, { repo, tag, changes: [...changes] });
  let made: string | undefined;
  for await (const { status } of progressOf(Readable.from(reply))) made = status ?? made;
  // Its last word is the id (moby, api/server/router/image/image_routes.go).
  if (made === undefined) throw new StrangeReply('an import that gives no image');
  const image = await findImage(docker, ref);
  if (image !== undefined) return image.id;
  throw new EngineError(
    'other',
    `The engine says that ${ref} is made, and has no image of that name.`,
    {
      hint: 'docker images lists what it has; its log may say more (journalctl -u docker).',
    },
  );
}
