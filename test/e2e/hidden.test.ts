import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { DrillDocument, UpDocument } from '../helpers/documents.js';
import { Follower, LIBRARIES } from '../helpers/followers.js';
import { Lab } from '../helpers/lab.js';
import { Loopback } from '../helpers/loopback.js';
import { OtherHost } from '../helpers/other-host.js';

jest.setTimeout(240_000);

/** Above what tests beside this one take. */
const [REDIS, SENTINEL] = [17_379, 27_379];
const PORTS = [0, 1, 2].flatMap((n) => [REDIS + n, SENTINEL + n]);

describe('an engine whose containers this host cannot call, as behind Docker Desktop', () => {
  let host: OtherHost;
  let lab: Lab;
  let remote: Lab;
  let name: string;
  let loopback: Loopback | undefined;
  let blind: string;

  beforeAll(async () => {
    blind = await mkdtemp(join(tmpdir(), 'rsent-blind-'));
    host = await OtherHost.boot(process.env['RSENT_TEST_IMAGE'] ?? '', { blindTo: blind });
    lab = await Lab.open({ docker: host.docker, env: { DOCKER_HOST: `unix://${host.socket}` } });
    remote = await Lab.open({ docker: host.docker, env: host.env });
    name = lab.name();
  });
  afterAll(async () => {
    await lab?.clean();
    await remote?.clean();
    loopback?.close();
    await host?.shutDown();
    await rm(blind, { recursive: true, force: true });
  });

  it('is not waited for where its ports are not those of this machine either', async () => {
    const topology = lab.name();
    // At these of this machine nobody else answers.
    const ports = ['--redis-port', '18379', '--sentinel-port', '18479'];
    for (const flags of [[], ['--clients', 'containers']]) {
      const up = ['up', topology, '--profile', 'ci', ...ports, ...flags];
      const { code, stderr } = await lab.run(...up);
      const words = 'redis-1 answers in its container, but not at 127.0.0.1:';
      expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
      expect(stderr).toContain('docker run --network host');
      expect(await lab.leftovers(topology)).toEqual([]);
    }
  });

  it('has volumes when it does not see the files of this machine', async () => {
    // In its network, as the message says.
    const beside = await Lab.open(host.inside);
    try {
      const topology = beside.name();
      const at = ['--data-dir', `${blind}/home`];
      const up = [topology, '--profile', 'ci', ...at];
      const refused = await beside.run('up', ...up, '--storage', 'directory');
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('does not see')]);
      expect(await beside.leftovers(topology)).toEqual([]);
      expect((await beside.json<UpDocument>('up', ...up)).healthy).toBe(true);
      // Another data home leaves it, and says which one removes it.
      const elsewhere = await beside.run('down', topology);
      const said = expect.stringContaining(`rsent down ${topology} --data-dir ${blind}/home`);
      expect([elsewhere.code, elsewhere.stdout]).toEqual([1, said]);
      await beside.run('down', topology, ...at, '--volumes', '--yes');
      expect(await beside.leftovers(topology)).toEqual([]);
    } finally {
      await beside.clean();
    }
  });

  it('is found out by trying, and the nodes share one network on 127.0.0.1', async () => {
    const ports = ['--redis-port', String(REDIS), '--sentinel-port', String(SENTINEL)];
    const up = lab.start(['up', name, '--profile', 'ci', ...ports]);
    await up.heard('Network: one network namespace for all nodes');
    loopback = await Loopback.of(host, PORTS);
    const { code, stderr } = await up.result;
    expect([code, stderr]).toEqual([0, expect.stringContaining('cannot call its containers')]);
    const status = await lab.faultless(name);
    expect(status).toMatchObject({ healthy: true, findings: [] });
    expect(status.master?.address).toBe(`127.0.0.1:${REDIS}`);
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

  it.each([
    ['containers', /^172\./],
    ['lan', /^10\.77\./],
  ])('serves clients in %s when it is called over the network', async (clients, address) => {
    const topology = remote.name();
    const where = clients === 'lan' ? ['--address', host.address] : [];
    const flags = ['--profile', 'ci', '--auth', '--clients', clients, ...where];
    const up = await remote.json<UpDocument>('up', topology, ...flags);
    expect(up.nodes.filter((node) => !address.test(node.address))).toEqual([]);
    const drill = await remote.json<DrillDocument>('failover', topology, '--wait', '1');
    expect(drill).toMatchObject({ passed: true, client: { total: { lost: 0 } } });
    expect((await remote.faultless(topology)).findings).toEqual([]);
    expect((await remote.run('down', topology, '--volumes', '--yes')).code).toBe(0);
  });
});
