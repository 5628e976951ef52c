import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { issueCertificate, newAuthority } from '../../src/host/issue-certificate.js';
import { eventually } from './lab.js';
import { descendantsOf, isAlive, pidsNaming } from './processes.js';

const run = promisify(execFile);
const BOOT_MS = 30_000;

/** How its engine is set up. */
export interface OtherHostOptions {
  /** It wants certificates of its clients. */
  readonly tls?: boolean;
  /** Users in its containers are others on its host (dockerd --userns-remap). */
  readonly mapsUsers?: boolean;
  /** A directory of this machine in which it sees nothing of what is there. */
  readonly blindTo?: string;
}

/** A user whom every Debian has, and who has nothing to do. */
const MAPPED_USER = 'daemon';

/**
 * Stands for another machine with a Docker Engine: a network namespace at the other end of a
 * cable, and a dockerd in it. This host reaches what it publishes, and none of its containers.
 */
export class OtherHost {
  /** Its address. */
  readonly address: string;
  /** For DOCKER_HOST. */
  readonly endpoint: string;
  /** Through its own socket, whatever its port asks for. */
  readonly docker: Docker;
  /** DOCKER_CERT_PATH, where it asks for certificates. */
  readonly certificates: string;
  readonly socket: string;
  readonly #name: string;
  readonly #home: string;
  readonly #flags: string[] = [];
  /** Done before the engine starts, for it alone. */
  readonly #mounts: string[] = [];
  #daemon: ChildProcess | undefined;
  #log = '';

  private constructor(home: string, isTls: boolean) {
    const net = randomInt(10, 250);
    this.#name = `rso${process.pid}`;
    this.#home = home;
    this.address = `10.77.${net}.2`;
    this.endpoint = `tcp://${this.address}:${isTls ? 2376 : 2375}`;
    this.socket = join(home, 'docker.sock');
    this.certificates = join(home, 'certificates');
    this.docker = new Docker({ socketPath: this.socket });
  }

  /**
   * @param image of the engine of this host, which it is given
   * @throws Error where this user may not make one
   */
  static async boot(image: string, options: OtherHostOptions = {}): Promise<OtherHost> {
    const { tls: isTls = false, mapsUsers = false, blindTo } = options;
    if (process.getuid?.() !== 0) {
      throw new Error('This test starts a second Docker Engine: run the end-to-end tests as root.');
    }
    const host = new OtherHost(await mkdtemp(join(tmpdir(), 'rsent-host-')), isTls);
    try {
      await host.#plugIn();
      host.#flags.push(...(isTls ? await host.#tlsFlags() : ['--tls=false']));
      if (mapsUsers) await host.#mapUsers();
      if (blindTo !== undefined) host.#mounts.push(`mount -t tmpfs tmpfs ${blindTo}`);
      await host.#start();
      const archive = await new Docker().getImage(image).get();
      const reply = await host.docker.loadImage(archive);
      for await (const _ of reply);
      return host;
    } catch (error) {
      await host.shutDown();
      throw new Error(`The second engine did not start: ${error}\n${host.#log.slice(-2000)}`);
    }
  }

  /** Its network namespace. */
  get namespace(): string {
    return this.#name;
  }

  /** What an rsent is told that runs on that machine, beside its engine. */
  get inside() {
    const through = ['nsenter', `--net=/run/netns/${this.#name}`];
    return { docker: this.docker, env: { DOCKER_HOST: `unix://${this.socket}` }, through };
  }

  /** What an rsent on this host is told, so that it uses this engine. */
  get env(): Record<string, string> {
    const isTls = this.endpoint.endsWith('2376');
    const tls = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: this.certificates };
    return { DOCKER_HOST: this.endpoint, ...(isTls ? tls : {}) };
  }

  /** Change or list rules for its packets. */
  async iptables(...args: readonly string[]): Promise<string> {
    const inside = [`--net=/run/netns/${this.#name}`, 'iptables', ...args];
    return (await run('nsenter', inside)).stdout;
  }

  /** Its way to these addresses (a CIDR) is out of the machine, as a VPN has it. */
  async route(addresses: string): Promise<void> {
    await run('ip', ['-n', this.#name, 'route', 'add', addresses, 'dev', 'eth0']);
  }

  /**
   * All of it ends at one moment, as in a power cut: the engine, what it runs its containers with,
   * and all that runs in them. Its disk stays, its memory does not.
   */
  async crash(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon?.pid === undefined) throw new Error('It does not run.');
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    // Its own containerd and the shims of its containers are told the path of its sockets.
    const own = [daemon.pid, ...(await pidsNaming(join(this.#home, 'exec')))];
    const all = await descendantsOf(own);
    for (const pid of all) killed(pid);
    await ended;
    const alive = async () => all.filter(isAlive).length;
    await eventually(alive, (count) => count === 0);
    for (const lost of ['exec', 'pid', 'docker.sock']) {
      await rm(join(this.#home, lost), { recursive: true, force: true });
    }
    await this.#forgetLinks();
  }

  /** The machine comes back with its disk; the engine is started, and nothing else. */
  async restart(): Promise<void> {
    await this.#start();
  }

  /** Nothing of it stays, however far it came. */
  async shutDown(): Promise<void> {
    const containers = await this.docker.listContainers({ all: true }).catch(() => []);
    await Promise.all(
      containers.map(({ Id }) =>
        this.docker
          .getContainer(Id)
          .remove({ force: true })
          .catch(() => undefined),
      ),
    );
    await this.#stop();
    await run('ip', ['netns', 'del', this.#name]).catch(() => undefined);
    // The cable goes with the namespace, though not at once.
    await run('ip', ['link', 'del', `${this.#name}h`]).catch(() => undefined);
    await rm(this.#home, { recursive: true, force: true });
  }

  async #plugIn(): Promise<void> {
    const name = this.#name;
    const gateway = this.address.replace(/2$/, '1');
    await run('ip', ['netns', 'add', name]);
    await run('ip', ['link', 'add', `${name}h`, 'type', 'veth', 'peer', 'eth0', 'netns', name]);
    await run('ip', ['addr', 'add', `${gateway}/24`, 'dev', `${name}h`]);
    await run('ip', ['link', 'set', `${name}h`, 'up']);
    await run('ip', ['-n', name, 'addr', 'add', `${this.address}/24`, 'dev', 'eth0']);
    for (const link of ['eth0', 'lo']) await run('ip', ['-n', name, 'link', 'set', link, 'up']);
    await run('ip', ['-n', name, 'route', 'add', 'default', 'via', gateway]);
  }

  /** Each program takes the place of the one before it: the process is dockerd in the end. */
  async #start(): Promise<void> {
    const at = (file: string) => join(this.#home, file);
    const flags = [
      ...['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid')],
      ...['-H', `unix://${this.socket}`, '-H', this.endpoint, '--storage-driver', 'overlay2'],
      ...this.#flags,
    ];
    // Its plugins and its own sockets must not meet those of the other dockerd.
    const mounts = ['mount -t tmpfs tmpfs /run/docker', ...this.#mounts].join(' && ');
    const script = `mkdir -p /run/docker && ${mounts} && exec dockerd "$@"`;
    const namespaces = [`--net=/run/netns/${this.#name}`, 'unshare', '-m', 'sh', '-c', script];
    const daemon = spawn('nsenter', [...namespaces, 'dockerd', ...flags]);
    this.#daemon = daemon;
    for (const stream of [daemon.stdout, daemon.stderr]) {
      stream.on('data', (chunk) => {
        this.#log += chunk;
      });
    }
    const ping = () => this.docker.ping().then(String, () => daemon.exitCode ?? 'not yet');
    const last = await eventually(ping, (answer) => answer !== 'not yet', BOOT_MS);
    if (last !== 'OK') throw new Error(`dockerd ended: ${last}`);
  }

  /** The ranges of user ids are its own, too: those of this machine stay as they are. */
  async #mapUsers(): Promise<void> {
    const ranges = join(this.#home, 'ranges');
    // The user that is root in its containers must get through to its files.
    await chmod(this.#home, 0o711);
    await writeFile(ranges, `${MAPPED_USER}:100000:65536\n`);
    this.#flags.push(`--userns-remap=${MAPPED_USER}`);
    for (const file of ['/etc/subuid', '/etc/subgid']) {
      this.#mounts.push(`mount --bind ${ranges} ${file}`);
    }
  }

  /** Bridges and cables of its containers are memory, too. */
  async #forgetLinks(): Promise<void> {
    const { stdout } = await run('ip', ['-n', this.#name, '-br', 'link']);
    const links = stdout.split('\n').map((line) => line.split(/[@\s]/)[0] ?? '');
    for (const link of links.filter((each) => /^(docker0|br-|veth)/.test(each))) {
      // One end of a cable goes with the other.
      await run('ip', ['-n', this.#name, 'link', 'del', link]).catch(() => undefined);
    }
  }

  async #tlsFlags(): Promise<string[]> {
    const authority = await newAuthority({ commonName: 'second engine', days: 2 });
    const names = { commonName: 'docker', dnsNames: ['docker'], ipAddresses: [this.address] };
    const { certPem, keyPem } = await issueCertificate(authority, { ...names, days: 2 });
    const file = (name: string) => join(this.certificates, name);
    await run('mkdir', ['-p', this.certificates]);
    await writeFile(file('ca.pem'), authority.certPem);
    await writeFile(file('cert.pem'), certPem);
    await writeFile(file('key.pem'), keyPem);
    await chmod(file('key.pem'), 0o600);
    const flags = { tlscacert: 'ca.pem', tlscert: 'cert.pem', tlskey: 'key.pem' };
    return [
      '--tlsverify',
      ...Object.entries(flags).map(([flag, name]) => `--${flag}=${file(name)}`),
    ];
  }

  async #stop(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === undefined || daemon.exitCode !== null) return;
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    const killer = setTimeout(() => daemon.kill('SIGKILL'), 10_000);
    daemon.kill('SIGTERM');
    await ended;
    clearTimeout(killer);
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone with another one.
  }
}
