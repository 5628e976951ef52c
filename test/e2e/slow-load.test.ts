import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(240_000);

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab?.clean());

const KEYS = 20_000;
/** Each key takes half a millisecond to load: all of them ten seconds, twice as long as the limit. */
const SLOWLY = '\nkey-load-delay 500\n';
const LIMIT = '5s';

it('a load that takes longer than --timeout is waited for, as it gets on', async () => {
  const name = lab.name();
  const { nodes } = await lab.json<UpDocument>('up', name, '--profile', 'ci');
  const published = nodes.find((node) => node.name === 'redis-1')?.published ?? '';
  await withRedis(published, async (client) => {
    const pairs = Array.from({ length: KEYS }, (_, n) => [`key:${n}`, String(n)]);
    await Promise.all(pairs.map(([key = '', value = '']) => client.set(key, value)));
    expect(await client.wait(2, 10_000)).toBe(2);
  });
  expect((await lab.run('down', name)).code).toBe(0);
  await appendFile(join(lab.home, 'data', name, 'redis-1', 'conf', 'redis.conf'), SLOWLY);
  const again = await lab.json<UpDocument & { elapsedMs: number }>('up', name, '--timeout', LIMIT);
  expect(again).toMatchObject({ healthy: true, master: { node: 'redis-1' } });
  expect(again.elapsedMs).toBeGreaterThan(Number.parseInt(LIMIT, 10) * 1000);
  const seen = await lab.json<StatusDocument>('status', name);
  for (const node of seen.nodes)
    expect(await withRedis(node.published, (client) => client.dbsize())).toBe(KEYS);
});
