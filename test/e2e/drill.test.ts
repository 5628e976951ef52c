import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type {
  DrillDocument,
  ErrorDocument,
  StatusDocument,
  UpDocument,
} from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(180_000);

describe('a drill seen by clients', () => {
  let lab: Lab;
  let name: string;
  let up: UpDocument;

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    up = await lab.json<UpDocument>('up', name, '--profile', 'ci');
  });
  afterAll(() => lab?.clean());

  const published = (node: string) => up.nodes.find((each) => each.name === node)?.published ?? '';
  const status = async (): Promise<StatusDocument> =>
    JSON.parse((await lab.run('status', name, '--json')).stdout);
  const masterNow = async () => (await status()).master?.node ?? '';
  const drill = async (...args: string[]) => {
    const { stdout, code } = await lab.run('failover', name, '--json', ...args);
    return { code, report: JSON.parse(stdout) as DrillDocument };
  };
  /** Keys that a probe wrote and did not remove. */
  const probeKeys = async () =>
    withRedis(published(await masterNow()), (client) => client.keys('rsent:probe:*'));

  it('loses no write that a replica had, and leaves nothing behind', async () => {
    const old = await masterNow();
    const { code, report } = await drill('--wait', '1');
    expect(code).toBe(0);
    expect(report).toMatchObject({ oldMaster: old, targets: [old], expected: 'failover' });
    expect(report).toMatchObject({ promotions: 1, passed: true, complaints: [] });
    const { client } = report;
    expect(client).toMatchObject({ wait: 1, ratePerS: 200, readBackFrom: report.promoted });
    expect(client?.total.lost).toBe(0);
    for (const field of ['acknowledged', 'failed', 'unknown', 'lost'] as const) {
      const sum = client?.sides.reduce((all, { counts }) => all + counts[field], 0);
      expect(sum).toBe(client?.total[field]);
    }
    const follower = client?.sides.find(({ side }) => side === 'follower')?.counts;
    // Half a second before the fault and more than a second after it, at 200 a second.
    expect(follower?.acknowledged).toBeGreaterThan(20);
    // For the two seconds of down-after at least, nobody could take a write.
    expect(follower?.failed).toBeGreaterThan(20);
    expect(client?.firstAckMs).toBeGreaterThan(2000);
    expect(client?.longestGap.lastedMs).toBeGreaterThan(2000);
    expect(client?.reads?.ok).toBeGreaterThan(0);
    expect(report.phases.map((phase) => phase.name)).toEqual([
      'detect',
      'agree',
      'elect',
      'promote',
      'client back',
      'old master in sync',
    ]);
    expect(await probeKeys()).toEqual([]);
    expect(await probesOf(lab.home)).toEqual([]);
  });

  it('of a replica expects no failover, and sees none', async () => {
    const before = await status();
    const { code, report } = await drill('--target', 'replica', '--how', 'partition');
    expect([code, report.complaints]).toEqual([0, []]);
    expect(report).toMatchObject({ expected: 'no failover', promotions: 0, promoted: null });
    // The writes went on: no gap is as long as down-after, after which a failover would begin.
    expect(report.client?.longestGap.lastedMs).toBeLessThan(2000);
    expect(report.client?.total.lost).toBe(0);
    expect(await status()).toMatchObject({ healthy: true, master: before.master });
  });

  it('promotes nobody without a majority of Sentinels, and healing brings all back', async () => {
    const before = await status();
    const { code, report } = await drill('--target', 'sentinel:2,master');
    expect([code, report.complaints]).toEqual([0, []]);
    expect(report).toMatchObject({ expected: 'no failover', promotions: 0, promoted: null });
    expect([...report.targets].sort()).toEqual(
      [before.master?.node, 'sentinel-1', 'sentinel-2'].sort(),
    );
    expect(report.silences.map(({ sentinel }) => sentinel).sort()).toEqual([
      'sentinel-1',
      'sentinel-2',
    ]);
    expect(await status()).toMatchObject({ healthy: true, master: before.master });
  });

  it('is a test: a limit that is not kept makes it fail, and says by how much', async () => {
    const { code, report } = await drill('--max-downtime', '1s', '--max-lost', '0');
    expect(code).toBe(1);
    expect(report.passed).toBe(false);
    expect(report.complaints).toEqual([
      `no write was acknowledged for ${report.client?.longestGap.lastedMs} ms; allowed are 1000 ms`,
    ]);
  });

  it('repeats, and tells how the figures are spread', async () => {
    const junit = join(lab.home, 'repeat.xml');
    const { code, stdout } = await lab.run('failover', name, '--repeat', '2', '--junit', junit);
    expect(code).toBe(0);
    expect(stdout).toMatch(/fault to first acknowledged write \(ms\)( +\d+){4}/);
    expect(stdout).toContain('2 of 2 drills');
    const xml = await readFile(junit, 'utf8');
    expect(xml.match(/<testcase /g)).toHaveLength(2);
    expect(await status()).toMatchObject({ healthy: true });
  });

  it('prints one document, and fails, when a report can no longer be written', async () => {
    const folder = join(lab.home, 'reports');
    await mkdir(folder);
    const running = lab.start(['failover', name, '--json', '--junit', join(folder, 'junit.xml')]);
    await eventually(
      () => probesOf(lab.home),
      (probes) => probes.length > 0,
      30_000,
    );
    await rm(folder, { recursive: true });
    const { code, stdout } = await running.result;
    const document = JSON.parse(stdout) as DrillDocument & ErrorDocument;
    expect([code, document.passed]).toEqual([2, true]);
    expect(document.error).toMatchObject({
      kind: 'topology',
      message: expect.stringContaining('junit.xml'),
    });
    await eventually(status, ({ healthy }) => healthy, 60_000);
  });

  it('ends its clients when it is interrupted, and removes what they wrote', async () => {
    const running = lab.start(['failover', name]);
    await running.heard('Killed');
    running.child.kill('SIGINT');
    expect((await running.result).code).toBe(130);
    expect(await probesOf(lab.home)).toEqual([]);
    await eventually(status, ({ healthy }) => healthy, 60_000);
    expect(await probeKeys()).toEqual([]);
  });

  it('refuses what makes no sense, everything at once, before anything is done', async () => {
    const { code, stderr } = await lab.run(
      ...['failover', name, '--rate', 'fast', '--wait', '-1', '--for', '5s', '--plain'],
      ...['--max-lost', '1.5', '--html', '/nowhere/at/all.html', '--repeat', '0'],
    );
    expect(code).toBe(2);
    for (const flag of ['rate', 'wait', 'for', 'plain', 'max-lost', 'html', 'repeat']) {
      expect(stderr).toContain(`--${flag}`);
    }
    const nobody = await lab.run('failover', name, '--target', 'redis-9');
    expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('redis-9')]);
    const many = await lab.run('failover', name, '--wait', '3');
    expect([many.code, many.stderr]).toEqual([2, expect.stringContaining('0 to 2')]);
    expect(await status()).toMatchObject({ healthy: true });
  });
});

/** Ids of the probes' processes that this lab has left running. */
async function probesOf(home: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const read = (id: string, what: string) =>
    readFile(`/proc/${id}/${what}`, 'utf8').catch(() => '');
  const own = await Promise.all(
    ids.map(async (id) => {
      const isProbe = (await read(id, 'cmdline')).includes('probe/process.cjs');
      return isProbe && (await read(id, 'environ')).includes(`HOME=${home}`);
    }),
  );
  return ids.filter((_, i) => own[i]);
}
