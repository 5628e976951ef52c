import { jest } from '@jest/globals';
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
      const { plan: found } = await lab.json<{ plan: { steps: object[] } }>(
        'up',
        name,
        '--dry-run',
      );
      const [network] = found.steps.filter((step) => 'subnet' in step);
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
    expect((await lab.json<StatusDocument>('status', name)).findings).toEqual([]);
  });
});
