import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { jest } from '@jest/globals';
import { chooseSubnet } from '../../src/plan/subnets.js';
import type { DrillDocument, UpDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';
import { Squatter } from '../helpers/squatter.js';
import { Standing } from '../helpers/standing.js';

jest.setTimeout(240_000);

/** Sentinel makes a replica of any master that it finds at the address of a known replica, after this time (s). */
const ENSLAVES_AFTER_S = 10;
/** Twenty ports of this run, below those that the kernel gives to whoever connects. */
const OWN_PORTS = 12_000 + (process.pid % 250) * 20;

let lab: Lab;
/** Who goes at the end, the last one first. */
const others: { leave(): Promise<unknown> }[] = [];
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(async () => {
  await lab?.clean();
  for (const other of others.reverse()) await other.leave();
});

const ipOf = ({ address }: { readonly address: string }) => address.split(':')[0] ?? '';
const portOf = ({ address }: { readonly address: string }) => Number(address.split(':')[1]);

interface Record {
  readonly placement: { readonly subnet: string; readonly network: string };
  readonly unfinished?: object;
}

async function recordOf(one: Standing): Promise<Record> {
  return JSON.parse(await readFile(one.path('topology.json'), 'utf8'));
}

/** Promote another than the first, so that confs tell more than they were made with. */
async function failedOver(one: Standing): Promise<void> {
  await one.write('before');
  const drill = await lab.json<DrillDocument>('failover', one.name);
  expect(drill.passed).toBe(true);
  one.promoted(drill.promoted);
  await one.write('after');
}

/** No conf, and no certificate, has one of these addresses any more. */
async function expectForgotten(one: Standing, up: UpDocument, old: readonly string[]) {
  for (const { name } of up.nodes) {
    const conf = await one.conf(name);
    expect({ name, still: old.filter((each) => conf.includes(each)) }).toEqual({ name, still: [] });
  }
  expect((await recordOf(one)).unfinished).toBeUndefined();
}

/** Until every Sentinel has run so long that it would have enslaved whom it takes for a replica. */
async function watch(one: Standing, up: UpDocument, squatter: Squatter): Promise<void> {
  const key = await lab.key(one.name, 'rsent');
  const uptime = async ({ published }: { readonly published: string }) => {
    const info = await withRedis(published, (client) => client.info('server'), key);
    return Number(/^uptime_in_seconds:(\d+)/m.exec(info)?.[1]);
  };
  const sentinels = up.nodes.filter(({ kind }) => kind === 'sentinel');
  await eventually(
    async () => {
      await squatter.expectUntouched();
      return Math.min(...(await Promise.all(sentinels.map(uptime))));
    },
    (youngest) => youngest >= ENSLAVES_AFTER_S + 2,
    40_000,
  );
}

describe('an address that a topology leaves while it is away', () => {
  const moved: { one: Standing; up: UpDocument; squatter: Squatter }[] = [];

  it.each([
    ['open to this host', []],
    ['with users of its own and TLS', ['--acl', '--tls']],
  ])('%s: it sleeps, its subnet is taken, and it moves as a whole', async (_, flags) => {
    const one = await Standing.begin(lab, lab.name(), ...flags);
    await failedOver(one);
    const { nodes } = await one.status();
    expect((await lab.run('down', one.name)).code).toBe(0);
    const { subnet } = (await recordOf(one)).placement;
    const at = (host: number) => subnet.replace(/0\/24$/, String(host));
    // Redis of somebody else where each of its data nodes was.
    const old = nodes.map((__, n) => at(11 + n));
    const squatter = await Squatter.at(lab.docker, { subnet }, old);
    others.push(squatter);
    const up = await one.expectUp();
    expect(up.stderr).toContain('Others have taken its addresses');
    await expectForgotten(one, up, [at(0).replace(/0$/, '')]);
    moved.push({ one, up, squatter });
  });

  it('on a network that it joined: it is stopped, a node’s address is taken, and it moves', async () => {
    const subnet = `10.212.${randomInt(1, 250)}.0/24`;
    const Name = `joined-${process.pid}`;
    const network = await lab.docker.createNetwork({
      Name,
      IPAM: { Config: [{ Subnet: subnet }] },
    });
    const one = await Standing.begin(lab, lab.name(), '--clients', 'containers', '--join', Name);
    others.push({ leave: () => network.remove() });
    await failedOver(one);
    const before = await lab.json<UpDocument>('up', one.name);
    expect((await lab.run('stop', one.name)).code).toBe(0);
    const replicas = before.nodes.filter(({ role }) => role === 'replica').map(ipOf);
    const squatter = await Squatter.at(lab.docker, { name: Name }, replicas);
    others.push(squatter);
    const up = await one.expectUp();
    expect(up.stderr).toContain('Others have taken its addresses');
    await expectForgotten(one, up, before.nodes.map(ipOf));
    moved.push({ one, up, squatter });
  });

  it('is never told by its Sentinels to copy anybody, and its data stays', async () => {
    expect(moved).toHaveLength(3);
    await Promise.all(moved.map(({ one, up, squatter }) => watch(one, up, squatter)));
    for (const { one } of moved) await one.expectHealthy();
    await Promise.all(moved.map(({ one }) => lab.json('down', one.name, '--volumes', '--yes')));
  });
});

describe('the place of a topology that sleeps', () => {
  let server: Server | undefined;
  afterAll(() => void server?.close());

  /**
   * A pod where no other test looks for ports. That a user has not named these is written into its
   * record: named ones are never moved.
   */
  async function sleepingPod(): Promise<Standing> {
    const first = { redis: String(OWN_PORTS), sentinel: String(OWN_PORTS + 10) };
    const flags = ['--redis-port', first.redis, '--sentinel-port', first.sentinel];
    const pod = await Standing.begin(lab, lab.name(), '--network', 'pod', ...flags);
    await failedOver(pod);
    await lab.json('down', pod.name);
    const file = pod.path('topology.json');
    const record = JSON.parse(await readFile(file, 'utf8'));
    record.spec.redisPorts = { first: 6379, named: false };
    record.spec.sentinelPorts = { first: 26379, named: false };
    await writeFile(file, JSON.stringify(record));
    return pod;
  }

  it('is no other topology’s of the same data home: its subnet', async () => {
    const asleep = lab.name();
    const { nodes } = await lab.json<UpDocument>(
      'up',
      asleep,
      '--profile',
      'ci',
      '--replicas',
      '1',
    );
    const own = ipOf(nodes[0] ?? { address: '' }).replace(/\d+$/, '0/24');
    await lab.json('down', asleep);
    // One that would begin its search for a subnet at that very one.
    const other = lab.name((name) => chooseSubnet([], name) === own);
    const up = await lab.json<UpDocument>('up', other, '--profile', 'ci', '--replicas', '1');
    expect(up.nodes.map(ipOf).filter((ip) => own === ip.replace(/\d+$/, '0/24'))).toEqual([]);
    for (const name of [asleep, other]) await lab.json('down', name, '--volumes', '--yes');
  });

  it('is no other topology’s of the same data home: its ports', async () => {
    const asleep = lab.name();
    const small = ['--profile', 'ci', '--replicas', '1'];
    const { nodes } = await lab.json<UpDocument>('up', asleep, '--network', 'pod', ...small);
    await lab.json('down', asleep);
    const other = lab.name();
    const up = await lab.json<UpDocument>('up', other, ...small);
    const published = up.nodes.map((node) => portOf({ address: node.published }));
    expect(published.filter((port) => nodes.map(portOf).includes(port))).toEqual([]);
    for (const name of [asleep, other]) await lab.json('down', name, '--volumes', '--yes');
  });

  it('is another one for the node whose port somebody has taken', async () => {
    const pod = await sleepingPod();
    const before = JSON.parse(await readFile(pod.path('topology.json'), 'utf8'));
    const { name, address } = before.placement.nodes.find(
      (node: { name: string }) => node.name !== pod.master,
    );
    server = createServer();
    server.listen(address.port, '127.0.0.1');
    await once(server, 'listening');
    const up = await pod.expectUp();
    expect(up.stderr).toContain('Others have taken its addresses');
    const after = up.nodes.find((node) => node.name === name);
    expect(portOf(after ?? { address: '' })).not.toBe(address.port);
    const old = new RegExp(`\\b${address.port}\\b`);
    for (const node of up.nodes) expect(await pod.conf(node.name)).not.toMatch(old);
    const stayed = up.nodes.filter((node) => node.name !== name).map((node) => node.address);
    const were = before.placement.nodes.map(
      (node: { address: { port: number } }) => `127.0.0.1:${node.address.port}`,
    );
    expect(were).toEqual(expect.arrayContaining(stayed));
  });
});
