import type Docker from 'dockerode';
import { LABEL, LABEL_SCHEMA, PROBE_KIND } from '../../model/constants.js';
import type { RunOptions } from '../engine.js';
import { printed } from './printed.js';

/** A command that never ends ends then, where nobody has said a limit (ms). */
const LIMIT_MS = 60_000;

/**
 * Run a command in a throw-away container and give what it printed, its first MiB, until the limit (ms)
 * if it has not ended by then; the exit code is then that of a killed process.
 */
export async function runOnce(
  docker: Docker,
  image: string,
  command: readonly string[],
  { network = 'none', limitMs = LIMIT_MS }: RunOptions,
): Promise<{ exitCode: number; output: string }> {
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: [...command],
    Cmd: [],
    Labels: { [LABEL.schema]: LABEL_SCHEMA, [LABEL.kind]: PROBE_KIND },
    HostConfig: { NetworkMode: network, CapDrop: ['ALL'], ReadonlyRootfs: true },
  });
  try {
    await container.start();
    const exitCode = await ended(container, limitMs);
    return { exitCode, output: await printed(container) };
  } finally {
    await container.remove({ force: true, v: true });
  }
}

/** 128 + SIGKILL, as a shell would say it. */
const KILLED = 137;

async function ended(container: Docker.Container, limitMs: number): Promise<number> {
  const waiting = container.wait().then(({ StatusCode }) => Number(StatusCode));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<number>((resolve) => {
    timer = setTimeout(() => resolve(KILLED), limitMs);
  });
  // When it is removed, nobody listens to its end any more.
  waiting.catch(() => undefined);
  return Promise.race([waiting, late]).finally(() => clearTimeout(timer));
}
