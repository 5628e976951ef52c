import type Docker from 'dockerode';
import { demultiplex } from './translate.js';

/** Run a command in a throw-away container and give what it printed. */
export async function runOnce(
  docker: Docker,
  image: string,
  command: readonly string[],
  network: string,
): Promise<{ exitCode: number; output: string }> {
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: [...command],
    Cmd: [],
    Labels: { 'rsent.probe': '1' },
    HostConfig: { NetworkMode: network, CapDrop: ['ALL'], ReadonlyRootfs: true },
  });
  try {
    await container.start();
    const { StatusCode } = await container.wait();
    const output = await container.logs({ stdout: true, stderr: true });
    return { exitCode: Number(StatusCode), output: demultiplex(output) };
  } finally {
    await container.remove({ force: true, v: true });
  }
}
