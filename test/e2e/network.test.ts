import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { jest } from '@jest/globals';
import type { DrillDocument, StatusDocument, UpDocument } from '../helpers/documents.js';
import { Follower, LIBRARIES } from '../helpers/followers.js';
import { eventually, Lab } from '../helpers/lab.js';

jest.setTimeout(300_000);

/** An address of this host at which other machines could call it. */
const HOST = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

interface Form {
  readonly title: string;
  readonly flags: readonly string[];
  /** Where the nodes have to live, by the address of the master. */
  readonly address: RegExp;
  /** Subnet of a network to join; '' for one that the engine chooses. */
  readonly join?: string;
}

const second = randomInt(1, 250);

/** Where a port is part of an address no other test may take it meanwhile. */
const ownPorts = (nth: number) => {
  const first = 20_200 + (process.pid % 50) * 40 + 10 * nth;
  return ['--redis-port', String(first), '--sentinel-port', String(first + 5)];
};
const FORMS: readonly Form[] = [
  { title: 'host: a bridge', flags: [], address: /^172\.(28|29|30|31)\.\d+\.11:6379$/ },
  {
    title: 'host: a pod',
    flags: ['--network', 'pod', ...ownPorts(0)],
    address: /^127\.0\.0\.1:\d+$/,
  },
  {
    title: 'lan: announced',
    flags: ['--clients', 'lan', '--address', HOST ?? 'none', '--acl', '--tls', ...ownPorts(1)],
    address: new RegExp(`^${HOST?.replaceAll('.', '\\.')}:\\d+$`),
  },
  {
    title: 'containers: a bridge of its own',
    flags: ['--clients', 'containers'],
    address: /^172\.(28|29|30|31)\.\d+\.11:6379$/,
  },
  {
    title: 'containers: a network with a subnet that somebody chose',
    flags: ['--clients', 'containers'],
    join: `10.213.${second}.0/24`,
    address: new RegExp(`^10\\.213\\.${second}\\.\\d+:6379$`),
  },
  {
    title: 'containers: a network whose subnet the engine chose',
    flags: ['--clients', 'containers', ...ownPorts(2)],
    join: '',
    address: /^[\d.]+\.1:\d+$/,
  },
];

describe.each(FORMS)('$title', ({ flags, address, join }) => {
  let lab: Lab;
  let name: string;
  let network: string | undefined;
  let up: UpDocument;

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    if (join !== undefined) {
      network = `${name}-apps`;
      const IPAM = { Driver: 'default', Config: join === '' ? [] : [{ Subnet: join }] };
      await lab.docker.createNetwork({ Name: network, IPAM });
    }
    const joining = network === undefined ? [] : ['--join', network];
    up = await lab.json<UpDocument>('up', name, '--profile', 'ci', ...flags, ...joining);
  });
  afterAll(async () => {
    await lab?.clean();
    if (network !== undefined) await lab.docker.getNetwork(network).remove();
  });

  /** Also of one that is not healthy yet, for which the exit code is 1. */
  const status = async (): Promise<StatusDocument> =>
    JSON.parse((await lab.run('status', name, '--json')).stdout);

  it('puts the nodes where the clients can call them, and has nothing to find', async () => {
    expect(up.master.address).toMatch(address);
    const addresses = up.nodes.map((node) => node.address);
    expect(new Set(addresses).size).toBe(6);
    expect((await status()).findings).toEqual([]);
  });

  it('is followed through a crash by redis-py, ioredis and node-redis', async () => {
    const followers = LIBRARIES.map((library) => new Follower(lab, name, library));
    try {
      await Promise.all(followers.map((each) => each.takesWrites()));
      const drill = await lab.json<DrillDocument>('failover', name, '--wait', '1');
      expect(drill).toMatchObject({ passed: true, client: { total: { lost: 0 } } });
      await Promise.all(followers.map((each) => each.takesWrites()));
    } finally {
      await Promise.all(followers.map((each) => each.end()));
    }
  });

  it('is cut off and healed where it can be, and else says why not', async () => {
    const partition = ['failover', name, '--how', 'partition', '--rate', '0'];
    if (flags.includes('pod')) {
      for (const verb of [['cut', 'redis-3', name], partition]) {
        const { code, stderr } = await lab.run(...verb);
        expect([code, stderr]).toEqual([1, expect.stringContaining('share one network')]);
      }
      expect((await lab.run('failover', name, '--how', 'hang', '--rate', '0')).code).toBe(0);
    } else if (flags.includes('lan')) {
      const { code, stderr } = await lab.run(...partition);
      expect([code, stderr]).toEqual([0, expect.any(String)]);
    } else {
      // The whole drill is made on a bridge elsewhere; here, that the way back leads to the address.
      expect((await lab.run('cut', 'redis-3', name)).code).toBe(0);
      expect((await lab.run('heal', 'redis-3', name)).code).toBe(0);
      await eventually(status, ({ healthy }) => healthy, 60_000);
    }
  });

  it('sleeps and wakes up with the same addresses and roles', async () => {
    const { master } = await status();
    expect((await lab.run('down', name)).code).toBe(0);
    expect(await lab.leftovers(name)).toEqual([]);
    const again = await lab.json<UpDocument>('up', name);
    expect(again.master).toEqual(master);
    expect(again.nodes.map((node) => node.address)).toEqual(up.nodes.map((node) => node.address));
    expect((await status()).findings).toEqual([]);
  });

  it('goes on with its data where a network that it has joined was made again', async () => {
    if (network === undefined) return;
    expect((await lab.run('cli', name, '--', 'set', 'kept', 'yes')).stdout).toContain('OK');
    expect((await lab.run('stop', name)).code).toBe(0);
    await lab.docker.getNetwork(network).remove();
    const gone = await lab.run('start', name);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('which is gone')]);
    // The engine would give the next network the subnet that has just become free.
    const between = await lab.docker.createNetwork({ Name: `${name}-between` });
    const Config = join === '' ? [] : [{ Subnet: `10.212.${second}.0/24` }];
    await lab.docker.createNetwork({ Name: network, IPAM: { Driver: 'default', Config } });
    await between.remove();
    expect((await status()).findings[0]).toMatchObject({ code: 'network-made-again' });
    const { code, stderr } = await lab.run('start', name);
    expect([code, stderr]).toEqual([0, expect.stringContaining('was made again: ')]);
    expect((await lab.run('cli', name, '--', 'get', 'kept')).stdout).toContain('yes');
    expect((await status()).findings).toEqual([]);
  });

  it('leaves a network that is not its own alone', async () => {
    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
    expect(await lab.leftovers(name)).toEqual([]);
    if (network === undefined) return;
    await expect(lab.docker.getNetwork(network).inspect()).resolves.toMatchObject({
      Name: network,
    });
  });
});
