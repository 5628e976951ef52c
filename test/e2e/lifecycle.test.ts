import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { DrillDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';
import { Life } from '../helpers/life.js';
import { whileHammering, withRedis } from '../helpers/redis.js';

jest.setTimeout(180_000);

const KINDS: readonly (readonly [string, readonly string[]])[] = [
  ['open to this host', []],
  ['with users of its own and TLS', ['--acl', '--tls']],
];

describe.each(KINDS)('up, status, failover, down, up again: %s', (_, flags) => {
  let lab: Lab;
  let life: Life;
  let name: string;
  let first: UpDocument;
  let drill: DrillDocument;
  const conf = (node: string) =>
    readFile(join(lab.home, 'data', name, node, 'conf', `${node.split('-')[0]}.conf`), 'utf8');

  beforeAll(async () => {
    lab = await Lab.open();
    life = await Life.begin(lab, ...flags);
    ({ name, first } = life);
  });
  afterAll(() => lab?.clean());

  it('comes up healthy, with one master, two replicas and three Sentinels', () => {
    life.expectComplete();
  });

  it('publishes on 127.0.0.1 only', async () => {
    for (const { container } of first.nodes) {
      const info = await lab.docker.getContainer(container).inspect();
      // An image may expose a port that nobody publishes: its entry is null.
      const bindings = Object.values(info.NetworkSettings.Ports).flatMap((each) => each ?? []);
      expect(bindings.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
    }
  });

  it('runs every node as nobody special, without capabilities', async () => {
    for (const { container } of first.nodes) {
      const { Config, HostConfig } = await lab.docker.getContainer(container).inspect();
      expect(Config.User).not.toMatch(/^(|0|root)(:|$)/);
      expect(HostConfig).toMatchObject({ CapDrop: ['ALL'], ReadonlyRootfs: true });
    }
  });

  it('tells the same in status, with every view of every Sentinel', () => life.expectTold());

  it('changes nothing at a second up, and says so', async () => {
    expect(await lab.json<UpDocument>('up', name)).toMatchObject({ changed: false, healthy: true });
    expect((await lab.run('up', name)).stdout).toContain('nothing was changed');
  });

  it('refuses to be something else at a second up, naming every difference', async () => {
    const { code, stderr } = await lab.run('up', name, '--replicas', '3', '--pids', '99');
    expect(code).toBe(2);
    expect(stderr).toContain('replicas is 2, asked 3');
    expect(stderr).toContain('pids is 256, asked 99');
  });

  it('puts the ping period of the boot back', async () => {
    for (const { kind, published: address } of first.nodes) {
      if (kind === 'redis') continue;
      const debug = (client: Redis) => client.call('SENTINEL', 'DEBUG');
      const reply = await withRedis(address, debug, await lab.key(name, 'rsent')).catch(() => []);
      const words = (reply as string[]).map((each) => String(each).toLowerCase());
      const at = words.indexOf('ping-period');
      if (at >= 0) expect(words[at + 1]).toBe('1000');
    }
  });

  it('fails over after a crash, once, and the old master takes no write on its way back', async () => {
    await life.write();
    const { result, taken } = await whileHammering(
      life.published('redis-1'),
      'ghost',
      () => lab.json<DrillDocument>('failover', name),
      await lab.key(name),
    );
    drill = result;
    life.expectPromoted(drill);
    // It took writes until the kill. Those after the silence that follows would be a ghost's.
    const silence = taken.findIndex(({ at }, i) => i > 0 && at - taken[i - 1]!.at > 1500);
    expect(taken.length).toBeGreaterThan(10);
    expect(silence === -1 ? [] : taken.slice(silence)).toEqual([]);
  });

  it('tells the six steps in the order in which they came', () => {
    expect(drill.steps.map(({ step }) => step).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    const times = drill.steps.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const { suspected, agreed, elected, promoted, switched, reconfigured, rejoined } =
      drill.timingsMs;
    // Counted from the last good answer, which may be a ping period older than the kill.
    expect(suspected).toBeGreaterThan(0);
    expect(agreed).toBeGreaterThanOrEqual(suspected!);
    expect(elected).toBeGreaterThanOrEqual(agreed!);
    expect(promoted).toBeGreaterThanOrEqual(elected!);
    expect(switched).toBeGreaterThanOrEqual(promoted!);
    expect(reconfigured).toBeGreaterThanOrEqual(promoted!);
    expect(rejoined).toBeGreaterThanOrEqual(promoted!);
  });

  it('has every write that was replicated before the kill', () =>
    life.expectWritten(drill.promoted ?? ''));

  it('finds the conf rewritten by Sentinel on disk, still 0600', async () => {
    const rewritten = await conf('sentinel-2');
    expect(rewritten).toMatch(/^sentinel config-epoch mymaster [1-9]\d*$/m);
    expect(rewritten.match(/^sentinel known-replica mymaster /gm)).toHaveLength(2);
    expect(rewritten.match(/^sentinel known-sentinel mymaster /gm)).toHaveLength(2);
    expect(await conf('redis-1')).toMatch(/^replicaof /m);
    for (const { name: node, kind } of first.nodes) {
      const directory = join(lab.home, 'data', name, node);
      expect((await lstat(join(directory, 'conf', `${kind}.conf`))).mode & 0o777).toBe(0o600);
      for (const each of ['', 'conf', 'data']) {
        expect((await lstat(join(directory, each))).mode & 0o777).toBe(0o700);
      }
    }
  });

  it('keeps the promoted node as master, and every key, over down and up', () =>
    life.expectKept(drill.promoted ?? ''));

  it('hands over without losing a write', async () => {
    const before = await lab.healthy(name);
    const old = before.master?.node ?? '';
    const { result: handed, taken } = await whileHammering(
      life.published(old),
      'planned',
      () => lab.json<DrillDocument>('failover', name, '--manual'),
      await lab.key(name),
    );
    expect(handed).toMatchObject({ how: 'manual', oldMaster: old, verdict: { healthy: true } });
    expect(taken.length).toBeGreaterThan(10);
    await life.ask(handed.promoted ?? '', async (client) => {
      const values = await client.mget(taken.map(({ key }) => key));
      expect(values.filter((value) => value === null)).toEqual([]);
    });
  });

  it('goes without a trace with --volumes, and asks where it can', async () => {
    const refused = await lab.run('down', name, '--volumes');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes');
    expect(await lab.leftovers(name)).not.toEqual([]);
    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
    expect(await lab.leftovers(name)).toEqual([]);
    await expect(lstat(join(lab.home, 'data', name))).rejects.toThrow('ENOENT');
    expect((await lab.run('down', name)).code).toBe(0);
  });
});
