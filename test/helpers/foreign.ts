import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { eventually } from './lab.js';
import { rawReply } from './outsider.js';

const SERVER = '/usr/bin/redis-server';
const LABEL = 'rsent-test.foreign';

/** A server that rsent has not made. */
export interface ForeignServer {
  readonly port: number;
  /** Where it is found: `127.0.0.1:17001`. */
  readonly address: string;
  /** Suspend it, so that it answers nothing, and have it go on. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

export interface ForeignOptions {
  readonly port?: number;
  /** Where it listens, and where it is asked whether it has started. */
  readonly ip?: string;
}

/** Servers as somebody makes them by hand; `clean` ends all of them, and nothing else. */
export class Foreign {
  readonly docker = new Docker();
  readonly directory: string;
  readonly #children = new Set<ChildProcess>();
  readonly #containers: string[] = [];
  #count = 0;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(): Promise<Foreign> {
    return new Foreign(await mkdtemp(join(tmpdir(), 'rsent-foreign-')));
  }

  /** A data node with these lines in its conf. */
  redis(lines: readonly string[] = [], options: ForeignOptions = {}): Promise<ForeignServer> {
    return this.#start(lines, [], options);
  }

  /** A Sentinel with these lines in its conf. */
  sentinel(lines: readonly string[], options: ForeignOptions = {}): Promise<ForeignServer> {
    return this.#start(lines, ['--sentinel'], options);
  }

  /** A data node or Sentinel in a container, its conf mounted as the one file that it is. */
  async container(
    conf: readonly string[],
    sentinel: boolean,
    network: { readonly publish?: number; readonly of?: string },
  ): Promise<{ readonly id: string; readonly published: string }> {
    const file = join(this.directory, `container-${++this.#count}.conf`);
    await writeFile(file, `${conf.join('\n')}\n`);
    // The container's user must be able to open it: it is not the one of this test.
    await chmod(this.directory, 0o755);
    await chmod(file, 0o666);
    const port = network.publish === undefined ? undefined : `${network.publish}/tcp`;
    const container = await this.docker.createContainer({
      Image: process.env['RSENT_TEST_IMAGE'] ?? '',
      Entrypoint: ['redis-server'],
      Cmd: ['/etc/redis.conf', ...(sentinel ? ['--sentinel'] : [])],
      Labels: { [LABEL]: String(process.pid) },
      ...(port === undefined ? {} : { ExposedPorts: { [port]: {} } }),
      HostConfig: {
        Binds: [`${file}:/etc/redis.conf`],
        ...(network.of === undefined ? {} : { NetworkMode: `container:${network.of}` }),
        ...(port === undefined
          ? {}
          : { PortBindings: { [port]: [{ HostIp: '127.0.0.1', HostPort: '' }] } }),
      },
    });
    this.#containers.push(container.id);
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const bound = port === undefined ? undefined : NetworkSettings.Ports[port]?.[0]?.HostPort;
    return { id: container.id, published: `127.0.0.1:${bound}` };
  }

  async clean(): Promise<void> {
    await Promise.all([...this.#children].map(ended));
    for (const id of this.#containers.reverse()) {
      await this.docker.getContainer(id).remove({ force: true, v: true });
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  async #start(
    lines: readonly string[],
    args: readonly string[],
    { port: wanted, ip = '127.0.0.1' }: ForeignOptions,
  ): Promise<ForeignServer> {
    const port = wanted ?? (await freePort());
    const dir = join(this.directory, `server-${++this.#count}`);
    await mkdir(dir);
    const conf = join(dir, 'server.conf');
    const said = lines.some((line) => /^(tls-)?port /.test(line));
    const own = [...(said ? [] : [`port ${port}`]), `dir ${dir}`, ...lines];
    await writeFile(conf, `${own.join('\n')}\n`);
    const child = spawn(SERVER, [conf, ...args], { stdio: 'ignore' });
    this.#children.add(child);
    const failed = new Promise<never>((_, reject) => {
      child.once('error', () => reject(new Error(`There is no ${SERVER}: install redis-server.`)));
      child.once('exit', (code) => reject(new Error(`It ended with ${code}: ${own.join('; ')}`)));
    });
    failed.catch(() => undefined);
    const address = `${ip}:${port}`;
    const answers = () => rawReply(address, 'PING').catch((error: Error) => `no: ${error.message}`);
    await Promise.race([failed, eventually(answers, (reply) => !reply.startsWith('no:'))]);
    const freeze = () => void child.kill('SIGSTOP');
    const thaw = () => void child.kill('SIGCONT');
    return { port, address, freeze, thaw, stop: () => ended(child) };
  }
}

/** A port of 127.0.0.1 that nobody holds. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
