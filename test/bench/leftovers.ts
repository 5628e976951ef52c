import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';

/** On every container and network of a bench that rsent did not make; its value is the run's id. */
export const BENCH_LABEL = 'rsent-bench';
export const HOME_PREFIX = 'rsent-bench-';
/** rsent's own: the directory of a topology. Those of a bench are inside the home of its run. */
const DIRECTORY_LABEL = 'rsent.directory';
/** What the engine was still making when its client was killed is there a moment later. */
const LOOKS = 20;
const BETWEEN_MS = 250;

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
  let refusals: string[] = [];
  for (let look = 0; look < LOOKS; look++) {
    if (look > 1) await pause(BETWEEN_MS);
    const [containers, networks] = await Promise.all([
      docker.listContainers({ all: true }),
      docker.listNetworks(),
    ]);
    const own = containers.filter(({ Labels }) => isOf(run, Labels));
    const nets = networks.filter(({ Labels }) => isOf(run, Labels));
    if (own.length + nets.length === 0) return;
    const gone = own.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }));
    const ended = [
      ...(await Promise.allSettled(gone)),
      ...(await Promise.allSettled(nets.map(({ Id }) => docker.getNetwork(Id).remove()))),
    ];
    refusals = ended.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  }
  throw new Error(`The engine does not remove what the bench made: ${refusals.join('; ')}`);
}

/** Remove what earlier runs left that were killed: their process is gone. */
export async function removeLeftovers(docker: Docker, say: (line: string) => void): Promise<void> {
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
    // What an engine will not let go of is not worth the run.
    await removeAll(docker, run).catch(({ message }: Error) => say(message));
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
