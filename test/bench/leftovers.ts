import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';

/** On every container and network of a bench that rsent did not make; its value is the run's id. */
export const BENCH_LABEL = 'rsent-bench';
export const HOME_PREFIX = 'rsent-bench-';
/** rsent's own: the directory of a topology. Those of a bench are inside the home of its run. */
const DIRECTORY_LABEL = 'rsent.directory';
/** What the engine was still making when its client was killed is there a moment later. */
const LOOKS = 20;

/** A run, as all that it makes is known by; without its home, only what rsent did not make. */
interface Run {
  readonly id: string;
  readonly home?: string;
}

/** Whether something with these labels belongs to a run. */
export function isOf({ id, home }: Run, labels: Readonly<Record<string, string>> = {}): boolean {
  if (labels[BENCH_LABEL] === id) return true;
  return home !== undefined && (labels[DIRECTORY_LABEL] ?? '').startsWith(`${home}/`);
}

/** Remove containers with their own volumes, and networks, of a run, until a look finds none. */
export async function removeAll(docker: Docker, run: Run): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const [containers, networks] = await Promise.all([
      docker.listContainers({ all: true }),
      docker.listNetworks(),
    ]);
    const own = containers.filter(({ Labels }) => isOf(run, Labels));
    const nets = networks.filter(({ Labels }) => isOf(run, Labels));
    if (own.length + nets.length === 0) return;
    const gone = own.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }));
    await Promise.allSettled(gone);
    await Promise.allSettled(nets.map(({ Id }) => docker.getNetwork(Id).remove()));
  }
  throw new Error(`The engine still has something with the label ${BENCH_LABEL}=${run.id}.`);
}

/** Remove what earlier runs left that were killed: their process is gone. */
export async function removeLeftovers(docker: Docker): Promise<void> {
  const homes = (await readdir(tmpdir())).filter((name) => name.startsWith(HOME_PREFIX));
  const containers = await docker.listContainers({ all: true, filters: { label: [BENCH_LABEL] } });
  const networks = await docker.listNetworks({ filters: { label: [BENCH_LABEL] } });
  const ids = [...containers, ...networks].map(({ Labels }) => Labels?.[BENCH_LABEL] ?? '');
  const runs = [
    ...homes.map((name) => ({ id: pidOf(name), home: join(tmpdir(), name) })),
    // Its home may be gone already.
    ...[...new Set(ids)].map((id) => ({ id, home: join(tmpdir(), `${HOME_PREFIX}${id}-`) })),
  ];
  for (const run of runs.filter(({ id }) => /^\d+$/.test(id) && !isAlive(Number(id)))) {
    await removeAll(docker, run);
    await rm(run.home, { recursive: true, force: true });
  }
}

const pidOf = (home: string) => home.slice(HOME_PREFIX.length).split('-')[0] ?? '';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Someone else's is alive, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
