import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { messageOf } from '../../model/errors.js';
import { orMissing, statusOf } from './failure.js';

/**
 * Whether the engine's machine has something at this path; undefined where the engine does not say.
 * It is asked for a container of an image that nobody has: an engine looks at the mounts first
 * (moby, daemon/container.go, verifyContainerSettings, before daemon/create.go looks for the image),
 * so the answer costs one request, and nothing is made.
 */
export async function hasPath(docker: Docker, path: string): Promise<boolean | undefined> {
  try {
    const container = await docker.createContainer({
      Image: `rsent-${randomBytes(16).toString('hex')}`,
      HostConfig: { Mounts: [{ Type: 'bind', Source: path, Target: '/seen', ReadOnly: true }] },
    });
    // It has made it all the same.
    await orMissing(container.remove({ force: true, v: true }));
    return undefined;
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined) throw error;
    if (status === 404) return true;
    return /bind source path does not exist/i.test(messageOf(error)) ? false : undefined;
  }
}
