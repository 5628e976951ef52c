import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { eventually } from './lab.js';
import { withRedis } from './redis.js';

const LABEL = 'rsent-test.squatter';

/** How a Redis is told to copy another one. */
const ENSLAVING = /^cmdstat_(replicaof|slaveof):/m;

/**
 * Somebody else's Redis, with data of its own, at addresses that a topology had. It keeps count of
 * every command that it was ever given.
 */
export class Squatter {
  readonly #docker: Docker;
  readonly #containers: Docker.Container[] = [];
  readonly #published: string[] = [];
  #network: Docker.Network | undefined;

  private constructor(docker: Docker) {
    this.#docker = docker;
  }

  /**
   * @param network one that exists, or the subnet of one to be made
   * @param ips each for a Redis of its own
   */
  static async at(
    docker: Docker,
    network: { readonly name: string } | { readonly subnet: string },
    ips: readonly string[],
  ): Promise<Squatter> {
    const squatter = new Squatter(docker);
    const name = 'name' in network ? network.name : await squatter.#makeNetwork(network.subnet);
    for (const ip of ips) await squatter.#settle(name, ip);
    return squatter;
  }

  /** Since it was started nobody has told it to copy anybody, and its data is there. */
  async expectUntouched(): Promise<void> {
    for (const address of this.#published) {
      await withRedis(address, async (client) => {
        const [stats, replication] = [
          await client.info('commandstats'),
          await client.info('replication'),
        ];
        expect(ENSLAVING.exec(stats)?.[0]).toBeUndefined();
        expect(replication).toMatch(/^role:master\r?$/m);
        expect(await client.get('mine')).toBe('still');
      });
    }
  }

  async leave(): Promise<void> {
    for (const container of this.#containers) await container.remove({ force: true, v: true });
    await this.#network?.remove();
  }

  async #makeNetwork(subnet: string): Promise<string> {
    const Name = `squatter-${randomUUID().slice(0, 8)}`;
    const IPAM = { Driver: 'default', Config: [{ Subnet: subnet }] };
    this.#network = await this.#docker.createNetwork({ Name, IPAM, Labels: { [LABEL]: 'yes' } });
    return Name;
  }

  async #settle(network: string, ip: string): Promise<void> {
    const container = await this.#docker.createContainer({
      Image: process.env['RSENT_TEST_IMAGE'] ?? '',
      Entrypoint: ['redis-server'],
      Cmd: ['--protected-mode', 'no', '--save', ''],
      Labels: { [LABEL]: 'yes' },
      ExposedPorts: { '6379/tcp': {} },
      HostConfig: { PortBindings: { '6379/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
      NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: ip } } } },
    });
    this.#containers.push(container);
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const address = `127.0.0.1:${NetworkSettings.Ports['6379/tcp']?.[0]?.HostPort}`;
    const set = () => withRedis(address, (client) => client.set('mine', 'still')).catch(String);
    await eventually(set, (answer) => answer === 'OK');
    this.#published.push(address);
  }
}
