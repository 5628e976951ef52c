import { jest } from '@jest/globals';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { OtherHost } from '../helpers/other-host.js';
import { type TakenWrite, whileHammering, withRedis } from '../helpers/redis.js';

jest.setTimeout(300_000);

/** What AOF everysec may lose: it syncs once a second, and waits another for a sync under way. */
const EVERYSEC_MS = 2000;
/** Enough that a machine where nothing comes back is told from a slow one. */
const COMES_BACK_MS = 90_000;
const IMAGE = process.env['RSENT_TEST_IMAGE'] ?? '';

interface One {
  readonly name: string;
  readonly up: UpDocument;
  readonly mayLoseMs: number;
}

const KINDS: readonly (readonly [string, readonly string[], number])[] = [
  ['announced, fsync everysec', ['--auth'], EVERYSEC_MS],
  ['announced, fsync always, users and TLS', ['--acl', '--tls', '--fsync', 'always'], 0],
];

describe('a machine that loses its power', () => {
  let host: OtherHost;
  let lab: Lab;
  const all: One[] = [];
  const taken = new Map<string, readonly TakenWrite[]>();
  let diedAt: number;

  beforeAll(async () => {
    host = await OtherHost.boot(IMAGE);
    lab = await Lab.open(host);
    for (const [, flags, mayLoseMs] of KINDS) {
      const name = lab.name();
      all.push({ name, mayLoseMs, up: await lab.json('up', name, '--profile', 'ci', ...flags) });
    }
    await writingUntil(all, async () => {
      diedAt = Date.now();
      await host.crash();
    });
    await host.restart();
  });
  afterAll(async () => {
    await lab?.clean();
    await host?.shutDown();
  });

  /** Writes to every master, one after the other, beginning well before. */
  async function writingUntil(rest: readonly One[], act: () => Promise<void>): Promise<void> {
    const [one, ...others] = rest;
    if (one === undefined) return act();
    const within = () => writingUntil(others, act);
    const key = await lab.key(one.name);
    const { taken: mine } = await whileHammering(
      one.up.master.address,
      'write',
      async () => {
        const count = () =>
          withRedis(one.up.master.address, (client) => client.dbsize(), key).catch(() => 0);
        await eventually(count, (n) => n > 1000);
        await within();
      },
      key,
    );
    taken.set(one.name, mine);
  }

  it.each(KINDS.map(([title], i) => [title, i] as const))(
    'heals without help: %s',
    async (_, i) => {
      const { name } = all[i] as One;
      const status = async () => {
        const { stdout, stderr } = await lab.run('status', name, '--json');
        return stdout === '' ? stderr : (JSON.parse(stdout) as StatusDocument);
      };
      const healthy = (said: string | StatusDocument) =>
        typeof said !== 'string' && said.state === 'healthy';
      await eventually(status, healthy, COMES_BACK_MS);
    },
  );

  it.each(KINDS.map(([title], i) => [title, i] as const))(
    'loses no acknowledged write that had to be on disk: %s',
    async (_, i) => {
      const { name, mayLoseMs } = all[i] as One;
      const { master, nodes } = await lab.json<StatusDocument>('status', name);
      const published = nodes.find((node) => node.name === master?.node)?.published ?? '';
      const due = (taken.get(name) ?? []).filter(({ at }) => at <= diedAt - mayLoseMs);
      expect(due.length).toBeGreaterThan(500);
      const ask = (client: import('ioredis').Redis) => client.mget(due.map(({ key }) => key));
      const values = await withRedis(published, ask, await lab.key(name));
      expect(due.filter((__, n) => values[n] === null)).toEqual([]);
    },
  );

  it('is left with nothing for up to do', async () => {
    for (const { name } of all) {
      expect(await lab.json<UpDocument>('up', name)).toMatchObject({
        healthy: true,
        changed: false,
      });
    }
  });
});
