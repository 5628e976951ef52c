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
  const pids = HostConfig?.PidsLimit ?? 0;
  const cpus = cpusOf(HostConfig);
  const restart = HostConfig?.RestartPolicy?.Name;
  return {
    restarts: RestartCount ?? 0,
    exitCode: State?.ExitCode ?? 0,
    killedForMemory: State?.OOMKilled === true,
    ...(memoryBytes > 0 ? { memoryBytes } : {}),
    ...(pids > 0 ? { pids } : {}),
    ...(cpus > 0 ? { cpus } : {}),
    ...(restart === undefined ? {} : { restart: restart || 'no' }),
  };
}

/** `--cpus` is kept in billionths, `--cpu-quota` in microseconds of a period (100 ms unless it is said). */
function cpusOf({
  NanoCpus = 0,
  CpuQuota = 0,
  CpuPeriod,
}: Partial<Docker.HostConfig> = {}): number {
  return NanoCpus > 0 ? NanoCpus / 1e9 : CpuQuota / (CpuPeriod || 100_000);
}
