import type Docker from 'dockerode';
import type { ContainerLife } from '../../model/container.js';
import { statusOf } from './failure.js';

/** What a container has been through; undefined when there is none of that name. */
export async function containerLife(
  container: Docker.Container,
): Promise<ContainerLife | undefined> {
  try {
    return lifeOf(await container.inspect());
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/**
 * GET /containers/{id}/json. `OOMKilled` stays true through the restarts that follow; whoever starts
 * the container by hand sets it and the count back.
 */
function lifeOf({ RestartCount, State, HostConfig }: Docker.ContainerInspectInfo): ContainerLife {
  const memoryBytes = HostConfig?.Memory ?? 0;
  return {
    restarts: RestartCount ?? 0,
    exitCode: State?.ExitCode ?? 0,
    killedForMemory: State?.OOMKilled === true,
    ...(memoryBytes > 0 ? { memoryBytes } : {}),
  };
}
