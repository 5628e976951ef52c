import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { messageOf, RsentError } from '../model/errors.js';
import { type TarEntry, tarStream } from './tar.js';

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
  const folders = ['bin', 'data', 'etc', 'tmp', 'usr', 'usr/local', 'usr/local/bin'];
  const files = [
    ...programs.map((path) => [`usr/local/bin/${basename(path)}`, path] as const),
    ...[...new Set(libraries.flat())].map((path) => [path.slice(1), path] as const),
    ['bin/sh', shell] as const,
  ];
  const entries: TarEntry[] = [
    ...folders.map((name) => ({ name, mode: name === 'tmp' ? 0o1777 : 0o755 })),
    { name: 'etc/passwd', mode: 0o644, content: `root:x:0:0:root:/:/bin/sh\n${USER}\n` },
    { name: 'etc/group', mode: 0o644, content: 'root:x:0:\nredis:x:999:\n' },
  ];
  for (const [name, path] of files) {
    entries.push({ name, mode: 0o755, content: await readFile(path) });
  }
  const { stdout } = await run(server, ['--version']);
  const version = /v=(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown';
  return { tar: tarStream(entries), server: basename(server), version };
}

/** Where a library was loaded stands at the end of its line. */
const LOADED_AT = /^\(0x[0-9a-f]+\)$/;

/** Paths that `ldd` names, the dynamic loader included. */
export function parseLdd(output: string): string[] {
  return output
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => LOADED_AT.test(words.at(-1) ?? ''))
    .map((words) => words.at(-2) ?? '')
    .filter((path) => path.startsWith('/'));
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
