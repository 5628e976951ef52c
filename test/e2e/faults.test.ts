import { jest } from '@jest/globals';
import type {
  DrillDocument,
  ErrorDocument,
  StatusDocument,
  UpDocument,
} from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';

jest.setTimeout(120_000);

describe('a topology with something broken', () => {
  let lab: Lab;
  let name: string;

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    await lab.json<UpDocument>('up', name, '--profile', 'ci');
  });
  afterAll(() => lab?.clean());

  const container = (node: string) => lab.docker.getContainer(`${name}-${node}`);
  const status = async (): Promise<StatusDocument> =>
    JSON.parse((await lab.run('status', name, '--json')).stdout);
  const codes = ({ findings }: StatusDocument) =>
    findings.map(({ subject, code }) => `${subject}: ${code}`);

  it('is degraded with one Sentinel killed, and says only that', async () => {
    await container('sentinel-2').kill();
    const seen = await eventually(status, (each) => each.sentinels[0]?.sees?.sentinels === 2);
    expect(seen).toMatchObject({ state: 'degraded', healthy: false });
    expect(codes(seen)).toEqual(['sentinel-2: node-stopped']);
    expect(seen.sentinels[0]?.sees?.quorum).toBe('2 of 3 usable');
    expect((await lab.run('status', name)).code).toBe(1);
  });

  it('fails over with one Sentinel killed', async () => {
    const drill = await lab.json<DrillDocument>('failover', name);
    expect(drill.promoted).toMatch(/^redis-[23]$/);
    expect(codes(await status())).toEqual(['sentinel-2: node-stopped']);
  });

  it('has no majority with two of three killed: status says so, failover refuses', async () => {
    await container('sentinel-3').kill();
    const seen = await status();
    expect(codes(seen)).toEqual(
      expect.arrayContaining([
        `${name}: no-majority`,
        'sentinel-2: node-stopped',
        'sentinel-3: node-stopped',
      ]),
    );
    const before = seen.master;
    const { code, stdout, stderr } = await lab.run('failover', name, '--json');
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as ErrorDocument).error).toMatchObject({ kind: 'refused' });
    expect(stderr).toContain('1 of 3 Sentinels can act');
    const after = await status();
    expect(after.master).toEqual(before);
    expect(after.nodes.every(({ running }) => running)).toBe(true);
  });

  it('starts the stopped ones at the next up', async () => {
    expect(await lab.json<UpDocument>('up', name)).toMatchObject({ healthy: true, changed: true });
    expect(codes(await status())).toEqual([]);
  });

  it('tells a paused replica, without hanging, and resumes it at the next up', async () => {
    const { nodes } = await status();
    const replica = nodes.find(({ role }) => role === 'replica')?.name ?? '';
    await container(replica).pause();
    const seen = await status();
    expect(seen.state).toBe('degraded');
    expect(codes(seen)).toContain(`${replica}: node-paused`);
    expect(await lab.json<UpDocument>('up', name)).toMatchObject({ healthy: true });
  });

  it('tells a removed node and makes it again', async () => {
    await container('redis-3').remove({ force: true });
    expect(codes(await status())).toContain('redis-3: node-missing');
    expect(await lab.json<UpDocument>('up', name)).toMatchObject({ healthy: true, changed: true });
  });

  it('is down when nobody takes writes', async () => {
    const { master } = await status();
    await container(master?.node ?? '').pause();
    const seen = await status();
    expect(seen).toMatchObject({ state: 'down', healthy: false, master: null });
    await container(master?.node ?? '').unpause();
    await eventually(status, ({ healthy }) => healthy, 60_000);
  });

  it('says that nothing is there for a name that nobody has', async () => {
    const { code, stdout, stderr } = await lab.run('status', 'nobody-has-this', '--json');
    expect(code).toBe(2);
    expect((JSON.parse(stdout) as ErrorDocument).error.kind).toBe('topology');
    expect(stderr).toContain('rsent ls');
  });
});
