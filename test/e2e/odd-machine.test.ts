import { jest } from '@jest/globals';
import { chooseSubnet } from '../../src/plan/subnets.js';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';
import { OtherHost } from '../helpers/other-host.js';

jest.setTimeout(240_000);

describe('an engine that maps the users of its containers (userns-remap)', () => {
  let host: OtherHost;
  let lab: Lab;
  let name: string;

  beforeAll(async () => {
    host = await OtherHost.boot(process.env['RSENT_TEST_IMAGE'] ?? '', { mapsUsers: true });
    lab = await Lab.open(host.inside);
    name = lab.name();
  });
  afterAll(async () => {
    await lab?.clean();
    await host?.shutDown();
  });

  it('refuses directories, which its containers cannot read, before anything is made', async () => {
    const { code, stderr } = await lab.run('up', name, '--storage', 'directory');
    expect([code, stderr]).toEqual([2, expect.stringContaining('runs with userns-remap')]);
    expect(await lab.leftovers(name)).toEqual([]);
  });

  it('finds a subnet beside what a VPN has taken, and none behind half of all addresses', async () => {
    const plan = async () => {
      const { steps } = await lab.json<{ steps: object[] }>('up', name, '--dry-run');
      const [network] = steps.filter((step) => 'subnet' in step);
      return network;
    };
    await host.route('128.0.0.0/1');
    expect(await plan()).toMatchObject({ subnet: expect.stringMatching(/^172\./) });
    await host.route('172.16.0.0/12');
    expect(await plan()).toMatchObject({ subnet: expect.stringMatching(/^10\.19\d\./) });
  });

  it('has volumes when nobody says otherwise', async () => {
    const up = await lab.json<UpDocument>('up', name, '--profile', 'ci');
    expect(up.healthy).toBe(true);
    const { Volumes } = await lab.docker.listVolumes();
    expect(Volumes).toHaveLength(up.nodes.length);
  });

  it('keeps what a server has saved in its conf when rsent edits it', async () => {
    const cli = ['cli', name, 'redis-1', '--', 'config'];
    await lab.run(...cli, 'set', 'maxclients', '4321');
    expect((await lab.run(...cli, 'rewrite')).stdout).toContain('OK');
    const drill = await lab.run('failover', name, '--wait', '0');
    expect([drill.code, drill.stderr]).toEqual([0, expect.not.stringContaining('cut short')]);
    expect((await lab.run(...cli, 'get', 'maxclients')).stdout).toContain('4321');
    // How many files the engine of this test may open is nobody's concern here.
    const { findings } = await lab.healthy(name);
    expect(findings.filter(({ code }) => code !== 'few-connections')).toEqual([]);
  });
});

describe('an engine that was killed, and left rules for a bridge that is gone', () => {
  let host: OtherHost;
  let lab: Lab;
  let name: string;
  let subnet: string;

  beforeAll(async () => {
    host = await OtherHost.boot(process.env['RSENT_TEST_IMAGE'] ?? '');
    lab = await Lab.open(host.inside);
    name = lab.name();
    subnet = chooseSubnet([], name);
    await host.iptables('-t', 'nat', '-I', ...rule());
  });
  afterAll(async () => {
    await lab?.clean();
    await host?.shutDown();
  });

  const rule = () => ['POSTROUTING', '-s', subnet, '!', '-o', 'br-gone', '-j', 'MASQUERADE'];

  it('is stepped around by a new topology, which has another subnet', async () => {
    const { code, stderr } = await lab.run('up', name, '--profile', 'ci');
    const words = 'the engine’s host masquerades the traffic between containers. Trying elsewhere.';
    expect([code, stderr]).toEqual([0, expect.stringContaining(words)]);
    const { findings, master } = await lab.json<StatusDocument>('status', name);
    expect(findings).toEqual([]);
    expect(master?.address).not.toContain(subnet.replace('0/24', ''));
  });

  it('is named to one that has its subnet, with a way out that keeps its data', async () => {
    // Its subnet is the one that its name leads to first; the rule is moved to it.
    const { master } = await lab.json<StatusDocument>('status', name);
    const own = master?.address.replace(/\.\d+:\d+$/, '.0/24') ?? '';
    await lab.run('cli', name, '--', 'set', 'kept', 'yes');
    await lab.run('down', name);
    await host.iptables('-t', 'nat', '-D', ...rule());
    subnet = own;
    await host.iptables('-t', 'nat', '-I', ...rule());
    const { code, stderr } = await lab.run('up', name);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('To do: on the engine’s host: sudo'),
    ]);
    const rules = await host.iptables('-t', 'nat', '-S', 'POSTROUTING');
    const left = rules.split('\n').find((each) => each.includes(`-s ${own} ! -o br-gone`));
    await host.iptables('-t', 'nat', ...(left ?? '').replace(/^-A/, '-D').split(' '));
    expect((await lab.run('up', name, '--recreate')).code).toBe(0);
    expect((await lab.run('cli', name, '--', 'get', 'kept')).stdout).toContain('yes');
    expect((await lab.json<StatusDocument>('status', name)).findings).toEqual([]);
  });
});
