import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { findCompose } from '../helpers/compose.js';
import type { Bench } from './bench.js';
import { inRepository } from './place.js';
import type { Machine } from './report/result.js';

/** A Compose 2: this machine's, else the distribution's, as the tests get it. */
export async function composeOf(
  bench: Bench,
): Promise<{ readonly path: string } | { readonly missing: string }> {
  try {
    return { path: await findCompose() };
  } catch {
    bench.signal.throwIfAborted();
    return { missing: 'there is no Compose 2, and the distribution gave none' };
  }
}

/** Whether there is a docker command. */
export async function hasDockerCommand(bench: Bench): Promise<boolean> {
  return bench.run('docker', ['--version']).then(
    () => true,
    () => false,
  );
}

/** What the figures depend on; nothing that names the machine. */
export async function machineOf(bench: Bench): Promise<Machine> {
  const [{ Version: engine }, compose] = [await bench.docker.version(), await composeOf(bench)];
  return {
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    // What follows the number can tell whose machine it is.
    kernel: release().split('-')[0] ?? '',
    node: process.versions.node,
    engine,
    server: await serverOf(bench),
    ...('path' in compose ? { compose: await composeVersion(bench, compose.path) } : {}),
  };
}

async function composeVersion(bench: Bench, path: string): Promise<string> {
  return (await bench.run(path, ['version', '--short'])).stdout.trim();
}

/** `Redis 7.0.15`, as the program in the image says; by rsent's eyes, which finds either name. */
async function serverOf(bench: Bench): Promise<string> {
  for (const [title, program] of [
    ['Redis', 'redis-server'],
    ['Valkey', 'valkey-server'],
  ] as const) {
    const said = await versionIn(bench, program);
    if (said !== undefined) return `${title} ${said}`;
  }
  return 'unknown server';
}

async function versionIn(bench: Bench, program: string): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  const container = await bench.docker.createContainer({
    ...{ Image: bench.image, Entrypoint: [program, '--version'], Cmd: [], Tty: true },
    ...{ Labels: bench.labels },
  });
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    await container.start();
    await container.wait();
    return /v=(\S+)/.exec(Buffer.concat(chunks).toString())?.[1];
  } catch {
    return undefined;
  } finally {
    await container.remove({ force: true });
  }
}

/** The commit that is measured; undefined outside a repository. */
export async function commitOf(bench: Bench): Promise<string | undefined> {
  const { version } = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as {
    readonly version: string;
  };
  const git = ['-C', inRepository(), 'rev-parse', '--short', 'HEAD'];
  return bench.run('git', git).then(
    ({ stdout }) => `rsent ${version} (${stdout.trim()})`,
    () => undefined,
  );
}
