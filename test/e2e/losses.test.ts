import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Chromium } from '../helpers/browser.js';
import type { DrillDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(180_000);

/** Seconds that a replica may be silent (rsent's default), and what Redis's clocks add: whole
 * seconds are compared, once a second (replication.c, refreshGoodSlavesCount). */
const GUARD_WINDOW_MS = 1000 + 2000;

const GUARDS: readonly (readonly [string, readonly string[]])[] = [
  ['on, as it is by default', []],
  ['off', ['--min-replicas-to-write', '0']],
];

it('does not take keys that were evicted for lost writes', async () => {
  const lab = await Lab.open();
  try {
    const name = lab.name();
    const flags = ['--maxmemory', '16mb', '--redis-config', 'maxmemory-policy allkeys-random'];
    const { nodes } = await lab.json<UpDocument>('up', name, '--profile', 'ci', ...flags);
    const master = nodes.find(({ name: node }) => node === 'redis-1')?.published ?? '';
    const evicting = await withRedis(master, async (client) => {
      // Few and large: whatever is evicted during the drill is most likely of the drill's own keys.
      const text = 'x'.repeat(20_000);
      const filling = client.pipeline();
      for (let n = 0; n < 800; n++) filling.set(`filler:${n}`, text);
      await filling.exec();
      return client.info('stats');
    });
    expect(evicting).toMatch(/evicted_keys:[1-9]/);
    const args = ['failover', name, '--manual', '--rate', '1000', '--max-lost', '0', '--json'];
    // Which keys a server evicts is chance: a slow machine may write too few for one of them to go.
    let code: number | null = null;
    let client: DrillDocument['client'] = null;
    for (let runs = 0; runs < 5 && !client?.unclear?.evicted; runs++) {
      const ended = await lab.run(...args);
      code = ended.code;
      client = (JSON.parse(ended.stdout) as DrillDocument).client;
      expect(client?.total.lost).toBe(0);
    }
    expect(client?.unclear).toMatchObject({ expired: 0, policy: 'allkeys-random' });
    expect(client?.unclear?.evicted).toBeGreaterThan(0);
    expect(code).toBe(1);
  } finally {
    await lab.clean();
  }
});

describe.each(GUARDS)('what is lost with the guard %s', (state, flags) => {
  const isOn = state !== 'off';
  let lab: Lab;
  let name: string;

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    await lab.json<UpDocument>('up', name, '--profile', 'ci', ...flags);
  });
  afterAll(() => lab?.clean());

  const isolatedOf = ({ client }: DrillDocument) =>
    client?.sides.find(({ side }) => side === 'isolated')?.counts;

  it(`by a client on the wrong side of a partition: ${isOn ? 'a moment' : 'all of it'}`, async () => {
    const html = join(lab.home, 'partition.html');
    const report = await lab.json<DrillDocument>(
      ...['failover', name, '--how', 'partition', '--html', html],
    );
    const lost = report.client!.lostWrites;
    tell(state, report);
    expect(lost.length).toBeGreaterThan(0);
    // Once the cut is healed, a client that stayed with the old master's address reaches it too.
    const sides = [...new Set(lost.map(({ side }) => side))].sort();
    expect(sides).toEqual(isOn ? ['isolated'] : ['isolated', 'sticky']);
    expect(new Set(lost.map(({ by }) => by))).toEqual(new Set([report.oldMaster]));
    const lastMs = lost.at(-1)!.ackedAtMs;
    if (isOn) {
      expect(lastMs).toBeLessThan(GUARD_WINDOW_MS);
    } else {
      // It went on after the heal, until a Sentinel demoted it.
      expect(lastMs).toBeGreaterThan(report.faultEndedMs!);
      expect(isolatedOf(report)!.lost).toBeGreaterThan(10);
    }
    await looksLikeTwoMasters(html, report);
  });

  if (!isOn) {
    it('by a bare SENTINEL FAILOVER: what the old master takes until it is demoted', async () => {
      const report = await lab.json<DrillDocument>('failover', name, '--how', 'manual', '--plain');
      tell('off, SENTINEL FAILOVER alone', report);
      expect(report).toMatchObject({ how: 'plain', passed: true });
      const lost = report.client!.lostWrites;
      expect(lost.length).toBeGreaterThan(5);
      expect(new Set(lost.map(({ by }) => by))).toEqual(new Set([report.oldMaster]));
    });

    it('by the planned hand-over: nothing', async () => {
      const report = await lab.json<DrillDocument>('failover', name, '--how', 'manual');
      expect(report.client?.total.lost).toBe(0);
    });
  }

  /** The report's picture, as a person would see it. */
  async function looksLikeTwoMasters(file: string, report: DrillDocument): Promise<void> {
    const masters = report.roles.filter(({ role }) => role === 'master' || role === 'isolated');
    expect(new Set(masters.map(({ node }) => node)).size).toBe(2);
    const browser = await Chromium.open();
    try {
      const view = await browser.show(await readFile(file, 'utf8'), { width: 1200, height: 900 });
      expect(await view.ask<string>('document.body.innerText')).toContain('two masters');
      expect([view.complaints, view.requests]).toEqual([[], []]);
    } finally {
      await browser.close();
    }
  }

  /** The counts that docs/drills.md quotes. */
  function tell(what: string, { client }: DrillDocument): void {
    const { acknowledged, lost } = client!.total;
    const last = client!.lostWrites.at(-1)?.ackedAtMs;
    process.stdout.write(
      `guard ${what}: ${lost} of ${acknowledged} acknowledged writes lost, the last one acknowledged ${last} ms after the fault\n`,
    );
  }
});
