import { jest } from '@jest/globals';
import type { DrillDocument, StatusDocument, UpDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { whileHammering, withRedis } from '../helpers/redis.js';

jest.setTimeout(180_000);

describe('a failover that does not go as planned', () => {
  let lab: Lab;
  let name: string;
  let up: UpDocument;

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    up = await lab.json<UpDocument>('up', name, '--profile', 'ci');
  });
  afterAll(() => lab?.clean());

  const container = (node: string) => lab.docker.getContainer(`${name}-${node}`);
  const published = (node: string) => up.nodes.find((each) => each.name === node)?.published ?? '';
  const status = async (): Promise<StatusDocument> =>
    JSON.parse((await lab.run('status', name, '--json')).stdout);

  it('puts the old master back when it is interrupted', async () => {
    const running = lab.start(['failover', name]);
    await running.heard('Killed redis-1');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.result;
    expect(code).toBe(130);
    expect(stderr).toContain('redis-1 is back');
    expect((await container('redis-1').inspect()).State.Running).toBe(true);
    await eventually(status, ({ healthy }) => healthy, 60_000);
  });

  it('begins nothing for who cannot be promoted, and finds a node by its role that is paused', async () => {
    const refused = await lab.run('failover', name, '--to', 'sentinel-1');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('Invalid --to') });
    expect(refused.stderr).not.toContain('Writing');
    expect((await lab.run('pause', 'replica', name)).code).toBe(0);
    expect(await lab.run('resume', 'replica', name)).toMatchObject({ code: 0 });
    await eventually(status, ({ healthy }) => healthy, 60_000);
  });

  it('promotes nobody when a hang is shorter than down-after, as is expected', async () => {
    const { master } = await status();
    const { code, stdout } = await lab.run('failover', name, '--how', 'hang', '--for', '500ms');
    expect(code).toBe(0);
    expect(stdout).toContain('no failover, as expected');
    expect(await status()).toMatchObject({ healthy: true, master });
  });

  it('ends a partition when it is interrupted', async () => {
    const { master } = await status();
    const running = lab.start(['failover', name, '--how', 'partition']);
    await running.heard(`Cut off ${master?.node}`);
    running.child.kill('SIGINT');
    expect((await running.result).code).toBe(130);
    const info = await container(master?.node ?? '').inspect();
    expect(Object.keys(info.NetworkSettings.Networks)).toHaveLength(1);
    await eventually(status, ({ healthy }) => healthy, 60_000);
  });

  it('leaves a partition that up heals when rsent itself is killed', async () => {
    const { master } = await status();
    const running = lab.start(['failover', name, '--how', 'partition']);
    await running.heard(`Cut off ${master?.node}`);
    running.child.kill('SIGKILL');
    await running.result;
    const up = await lab.json<UpDocument>('up', name);
    expect(up).toMatchObject({ healthy: true, changed: true });
    const info = await container(master?.node ?? '').inspect();
    expect(Object.keys(info.NetworkSettings.Networks)).toHaveLength(1);
  });

  it('promotes the chosen replica, at the chosen pace, and puts both settings back', async () => {
    const before = await status();
    const to = before.nodes.filter(({ role }) => role === 'replica').at(-1)?.name ?? '';
    const drill = await lab.json<DrillDocument>('failover', name, '--to', to, '--down-after', '4s');
    expect(drill.promoted).toBe(to);
    expect(drill.timingsMs['suspected']).toBeGreaterThanOrEqual(3900);
    const priority = await withRedis(published(to), (client) =>
      client.config('GET', 'replica-priority'),
    );
    expect(priority).toEqual(['replica-priority', '100']);
    // The verifier compares down-after on every Sentinel with the spec.
    expect(await status()).toMatchObject({ healthy: true });
    expect((await lab.run('failover', name, '--to', to)).code).toBe(2);
    expect(await status()).toMatchObject({ healthy: true, master: { node: to } });
  });

  it('says why nobody was promoted, exits 1 and leaves all as it was', async () => {
    const { master } = await status();
    const running = lab.start(['failover', name, '--json', '--timeout', '1s']);
    await eventually(
      async () => (await container(master?.node ?? '').inspect()).State.Running,
      (isRunning) => !isRunning,
    );
    await Promise.all([container('sentinel-1').kill(), container('sentinel-2').kill()]);
    const { code, stdout } = await running.result;
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as DrillDocument & { failure: string };
    expect(report.promoted).toBeNull();
    expect(report.failure).toMatch(/not enough of them to reach the quorum|not elected leader/);
    const after = await status();
    expect(after.master).toEqual(master);
    expect(after.nodes.every(({ running: isRunning }) => isRunning)).toBe(true);
    expect(await lab.json<UpDocument>('up', name)).toMatchObject({ healthy: true });
  });

  it('loses no write, and leaves nothing behind, when it is killed in a planned hand-over', async () => {
    const old = (await status()).master?.node ?? '';
    const { taken } = await whileHammering(published(old), 'killed', async () => {
      const running = lab.start(['failover', name, '--manual', '--rate', '0']);
      await running.heard('Holding writes back');
      running.child.kill('SIGKILL');
      await running.result;
      expect(await lab.json<UpDocument>('up', name)).toMatchObject({ healthy: true });
    });
    const { master } = await status();
    expect(taken.length).toBeGreaterThan(0);
    const kept = await withRedis(published(master?.node ?? ''), (client) =>
      client.mget(taken.map(({ key }) => key)),
    );
    expect(kept.filter((value) => value === null)).toEqual([]);
    for (const node of ['redis-1', 'redis-2', 'redis-3']) {
      const guard = await withRedis(published(node), (client) =>
        client.config('GET', 'min-replicas-to-write'),
      );
      expect(guard).toEqual(['min-replicas-to-write', '1']);
    }
  });

  it('needs no rsent: up starts a master that was lost as a replica, which never takes a write', async () => {
    const victim = (await status()).master?.node ?? '';
    await container(victim).kill();
    await eventually(status, ({ master }) => master !== null && master.node !== victim);
    const { result, taken } = await whileHammering(published(victim), 'ghost', () =>
      lab.json<UpDocument>('up', name),
    );
    expect(result).toMatchObject({ healthy: true, changed: true });
    expect(taken).toEqual([]);
  });
});
