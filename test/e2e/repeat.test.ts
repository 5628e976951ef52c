import { jest } from '@jest/globals';
import type { DrillDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

/** Each takes as long as a failover; more show rarer faults. */
const TIMES = Number(process.env['RSENT_REPEAT'] ?? 5);
jest.setTimeout(90_000);

describe('up, status, failover, status, down', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab?.clean());

  it.each(Array.from({ length: TIMES }, (_, i) => i + 1))('works, time %i', async () => {
    const name = lab.name();
    const up = await lab.json<UpDocument>('up', name, '--profile', 'ci');
    const published = (node: string) =>
      up.nodes.find((each) => each.name === node)?.published ?? '';
    await withRedis(published(up.master.node), async (client) => {
      for (let n = 0; n < 50; n++) await client.set(`key:${n}`, String(n));
      expect(await client.wait(2, 5000)).toBe(2);
    });
    expect(await lab.healthy(name)).toMatchObject({ state: 'healthy' });

    const drill = await lab.json<DrillDocument>('failover', name, '--rate', '0');
    expect(drill.promoted).not.toBe(up.master.node);
    expect(
      drill.steps.flatMap(({ events }) =>
        events.filter(({ event }) => event === '+elected-leader'),
      ),
    ).toHaveLength(1);

    const after = await lab.healthy(name);
    expect(after).toMatchObject({ state: 'healthy', master: { node: drill.promoted } });
    // A second, spurious failover would show as a promotion; a split vote alone raises the epoch.
    expect(drill.promotions).toBe(1);
    expect(new Set(after.sentinels.map(({ sees }) => sees?.epoch)).size).toBe(1);
    await withRedis(published(drill.promoted ?? ''), async (client) => {
      for (let n = 0; n < 50; n++) expect(await client.get(`key:${n}`)).toBe(String(n));
    });

    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
    expect(await lab.leftovers(name)).toEqual([]);
  });
});
