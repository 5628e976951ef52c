import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import tar from 'tar-stream';
import { messageOf, RsentError } from '../model/errors.js';

const run = promisify(execFile);

/** The programs of a small image: a server, a client to look with, and the shell that starts it. */
const CLIENTS = ['redis-cli', 'valkey-cli', 'redis-benchmark'];
const SERVERS = ['redis-server', 'valkey-server'];
const USER = 'redis:x:999:999:redis:/data:/bin/sh';

/**
 * A root file system made of this machine's own redis-server (or valkey-server), its shell and
 * the libraries that they load, as a tar stream.
 * @throws RsentError `topology` when this machine has no server to take
 */
export async function serverRootfs(): Promise<{ tar: Readable; server: string; version: string }> {
  if (process.platform !== 'linux') throw notHere('An image can be made only on Linux.');
  const server = await firstFound(SERVERS);
  if (server === undefined)
    throw notHere('This machine has neither redis-server nor valkey-server.');
  const clients = (await Promise.all(CLIENTS.map(locate))).filter((path) => path !== undefined);
  const shell = await realpath('/bin/sh');
  const programs = [server, ...clients];
  const libraries = await Promise.all([...programs, shell].map(librariesOf));
  const pack = tar.pack();
  for (const folder of ['bin', 'data', 'etc', 'tmp', 'usr', 'usr/local', 'usr/local/bin']) {
    pack.entry({ name: folder, type: 'directory', mode: folder === 'tmp' ? 0o1777 : 0o755 });
  }
  pack.entry({ name: 'etc/passwd' }, `root:x:0:0:root:/:/bin/sh\n${USER}\n`);
  pack.entry({ name: 'etc/group' }, 'root:x:0:\nredis:x:999:\n');
  pack.entry({ name: 'bin/sh', mode: 0o755 }, await readFile(shell));
  for (const program of programs) {
    pack.entry(
      { name: `usr/local/bin/${basename(program)}`, mode: 0o755 },
      await readFile(program),
    );
  }
  for (const library of new Set(libraries.flat())) {
    pack.entry({ name: library.slice(1), mode: 0o755 }, await readFile(library));
  }
  pack.finalize();
  const { stdout } = await run(server, ['--version']);
  const version = /v=(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown';
  return { tar: Readable.from(pack), server: basename(server), version };
}

/** Paths that `ldd` names, the dynamic loader included. */
export function parseLdd(output: string): string[] {
  return output
    .split('\n')
    .map((line) => /(?:=>\s*)?(\/\S+)\s+\(0x[0-9a-f]+\)/.exec(line)?.[1])
    .filter((path) => path !== undefined);
}

async function librariesOf(program: string): Promise<string[]> {
  try {
    return parseLdd((await run('ldd', [program])).stdout);
  } catch (error) {
    throw notHere(`ldd cannot tell what ${program} needs: ${messageOf(error)}`);
  }
}

async function firstFound(names: readonly string[]): Promise<string | undefined> {
  const paths = await Promise.all(names.map(locate));
  return paths.find((path) => path !== undefined);
}

async function locate(name: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders.filter((each) => each.startsWith('/'))) {
    const path = await realpath(join(folder, name)).catch(() => undefined);
    if (path !== undefined) return join(dirname(join(folder, name)), name);
  }
  return undefined;
}

function notHere(message: string): RsentError {
  return new RsentError('topology', message, {
    hint: 'Install one (Debian, Ubuntu: apt-get install redis-server), or use an image from a registry with --image.',
  });
}
