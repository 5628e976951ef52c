import { randomInt } from 'node:crypto';
import Docker from 'dockerode';
import { withRedis } from './redis.js';

const LABEL = 'rsent-test.plain';
const NAME = 'mymaster';

/** The last number of each server's address. */
export const AT = { master: 11, second: 12, third: 13, s1: 21, s2: 22, s3: 23 } as const;

/**
 * A master, two replicas and three Sentinels in containers that somebody made by hand, on a network of
 * their own. `clean` removes them, and nothing else.
 */
export class Plain {
  readonly docker = new Docker();
  readonly #net = `10.98.${randomInt(1, 250)}`;
  readonly #containers = new Map<string, Docker.Container>();
  #network: Docker.Network | undefined;

  /** Where this host has its end of the network; what the master listens on is published there, too. */
  get gate(): string {
    return `${this.#net}.1`;
  }

  get sentinels(): string[] {
    return [AT.s1, AT.s2, AT.s3].map((host) => `${this.ip(host)}:26379`);
  }

  ip(host: number): string {
    return `${this.#net}.${host}`;
  }

  /** `ip:6379` of a data node. */
  at(host: number): string {
    return `${this.ip(host)}:6379`;
  }

  async open(): Promise<void> {
    this.#network = await this.docker.createNetwork({
      Name: `rsent-test-plain-${process.pid}`,
      Labels: { [LABEL]: String(process.pid) },
      IPAM: { Config: [{ Subnet: `${this.#net}.0/24`, Gateway: this.gate }] },
    });
    await this.redis(AT.master, ['port 6379'], { names: ['db-main'], publish: true });
    const follow = `replicaof ${this.ip(AT.master)} 6379`;
    await Promise.all([AT.second, AT.third].map((host) => this.redis(host, [follow])));
    const lines = [
      'sentinel resolve-hostnames no',
      `sentinel monitor ${NAME} ${this.ip(AT.master)} 6379 2`,
      `sentinel down-after-milliseconds ${NAME} 5000`,
      `sentinel failover-timeout ${NAME} 10000`,
    ];
    await Promise.all([AT.s1, AT.s2, AT.s3].map((host) => this.#run(host, lines, ['--sentinel'])));
  }

  /** A data node at this address. */
  async redis(
    host: number,
    lines: readonly string[],
    more: { readonly names?: readonly string[]; readonly publish?: boolean } = {},
  ): Promise<void> {
    const usual = ['protected-mode no', 'save ""', 'appendonly yes', 'repl-diskless-sync-delay 0'];
    await this.#run(host, [...usual, ...lines], [], more);
  }

  /** SIGKILL, as a machine that is gone: nobody says goodbye. */
  async kill(host: number): Promise<void> {
    await this.#container(host).kill();
  }

  async start(host: number): Promise<void> {
    await this.#container(host).start();
  }

  async remove(host: number): Promise<void> {
    await this.#container(host).remove({ force: true, v: true });
    this.#containers.delete(String(host));
  }

  tell(address: string, command: string, ...args: string[]): Promise<unknown> {
    return withRedis(address, (client) => client.call(command, ...args));
  }

  /** The same to every Sentinel. */
  async tellSentinels(...args: string[]): Promise<void> {
    await Promise.all(this.sentinels.map((address) => this.tell(address, 'SENTINEL', ...args)));
  }

  /** Have every Sentinel forget what it knows, and monitor this data node. */
  async monitor(host: number): Promise<void> {
    // One that knows no such master is where the others are to be.
    await Promise.allSettled(
      this.sentinels.map((address) => this.tell(address, 'SENTINEL', 'REMOVE', NAME)),
    );
    await this.tellSentinels('MONITOR', NAME, this.ip(host), '6379', '2');
    await this.tellSentinels('SET', NAME, 'down-after-milliseconds', '5000');
    await this.tellSentinels('SET', NAME, 'failover-timeout', '10000');
  }

  async clean(): Promise<void> {
    const all = [...this.#containers.values()];
    await Promise.all(all.map((each) => each.remove({ force: true, v: true })));
    await this.#network?.remove();
  }

  #container(host: number): Docker.Container {
    const container = this.#containers.get(String(host));
    if (container === undefined) throw new Error(`nothing runs at ${this.ip(host)}`);
    return container;
  }

  async #run(
    host: number,
    lines: readonly string[],
    args: readonly string[],
    { names = [], publish = false }: { names?: readonly string[]; publish?: boolean } = {},
  ): Promise<void> {
    const conf = lines.map((line) => `${line}\n`).join('');
    const port = '6379/tcp';
    const container = await this.docker.createContainer({
      Image: process.env['RSENT_TEST_IMAGE'] ?? '',
      Entrypoint: ['sh', '-c'],
      // Kept when it is started again: it may have been rewritten.
      Cmd: [
        `cd /tmp && { [ -f own.conf ] || printf %s "$CONF" > own.conf; } && exec $(command -v redis-server || command -v valkey-server) /tmp/own.conf ${args.join(' ')}`,
      ],
      Env: [`CONF=${conf}`],
      Labels: { [LABEL]: String(process.pid) },
      ...(publish ? { ExposedPorts: { [port]: {} } } : {}),
      HostConfig: {
        NetworkMode: this.#network?.id ?? '',
        ...(publish ? { PortBindings: { [port]: [{ HostIp: this.gate, HostPort: '6379' }] } } : {}),
      },
      NetworkingConfig: {
        EndpointsConfig: {
          [this.#network?.id ?? '']: {
            IPAMConfig: { IPv4Address: this.ip(host) },
            Aliases: [...names],
          },
        },
      },
    });
    this.#containers.set(String(host), container);
    await container.start();
  }
}
