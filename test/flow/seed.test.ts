import { checkKeys } from '../../src/flow/seed.js';
import type { NodeClient } from '../../src/redis/client.js';

const holding = (info: string) =>
  ({ ask: async () => ({ info: { ok: true, value: info } }) }) as unknown as NodeClient;

it('keys that are missing after a restore are said, with a command that shows the log', async () => {
  const databases = [{ db: 0, least: 5, most: 5 }];
  const step = { node: 'redis-1', databases } as unknown as Parameters<typeof checkKeys>[0];
  const checked = checkKeys(step, holding('# Keyspace\r\ndb0:keys=2,expires=0\r\n'), 'lab');
  await expect(checked).rejects.toMatchObject({
    kind: 'unhealthy',
    hint: expect.stringContaining('rsent logs lab redis-1 '),
  });
});
