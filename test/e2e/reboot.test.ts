import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { Loopback } from '../helpers/loopback.js';
import { OtherHost } from '../helpers/other-host.js';
import { type TakenWrite, whileHammering, withRedis } from '../helpers/redis.js';

jest.setTimeout(300_000);

/** What AOF everysec may lose: it syncs once a second, and waits another for a sync under way. */
const EVERYSEC_MS = 2000;
/** Enough that a machine where nothing comes back is told from a slow one. */
const COMES_BACK_MS = 90_000;
const IMAGE = process.env['RSENT_TEST_IMAGE'] ?? '';
/** Of the pod; above what tests beside this one take. */
const [REDIS, SENTINEL] = [17_479, 27_479];
const PORTS = [0, 1, 2].flatMap((n) => [REDIS + n, SENTINEL + n]);

interface Kind {
  readonly title: string;
  readonly flags: readonly string[];
  readonly mayLoseMs: number;
  readonly isPod?: true;
}

const KINDS: readonly Kind[] = [
  { title: 'announced, fsync everysec', flags: ['--auth'], mayLoseMs: EVERYSEC_MS },
  {
    title: 'announced, fsync always, users and TLS',
    flags: ['--acl', '--tls', '--fsync', 'always'],
    mayLoseMs: 0,
  },
  {
    title: 'on a bridge, for clients in containers',
    flags: ['--auth', '--clients', 'containers'],
    mayLoseMs: EVERYSEC_MS,
  },
  {
    title: 'in a pod',
    flags: [...['--network', 'pod', '--redis-port', `${REDIS}`, '--sentinel-port', `${SENTINEL}`]],
    mayLoseMs: EVERYSEC_MS,
    isPod: true,
  },
];

interface One extends Kind {
  readonly lab: Lab;
  readonly name: string;
  readonly up: UpDocument;
  taken: readonly TakenWrite[];
}

describe('a machine that loses its power', () => {
  let host: OtherHost;
  let loopback: Loopback | undefined;
  const labs: Lab[] = [];
  const all: One[] = [];
  let diedAt: number;

  beforeAll(async () => {
    host = await OtherHost.boot(IMAGE);
    const local = { docker: host.docker, env: { DOCKER_HOST: `unix://${host.socket}` } };
    labs.push(await Lab.open(host), await Lab.open(local));
    for (const kind of KINDS) all.push(await begun(kind));
    await writingUntil(all, async () => {
      diedAt = Date.now();
      await host.crash();
    });
    await host.restart();
  });
  afterAll(async () => {
    for (const lab of labs) await lab.clean();
    loopback?.close();
    await host?.shutDown();
  });

  async function begun(kind: Kind): Promise<One> {
    const lab = labs[kind.isPod ? 1 : 0] as Lab;
    const name = lab.name();
    const up = lab.start(['up', name, '--profile', 'ci', ...kind.flags]);
    if (kind.isPod) {
      await up.heard('Network: one network namespace for all nodes');
      loopback = await Loopback.of(host, PORTS);
    }
    const { code, stderr } = await up.result;
    expect([code, stderr]).toEqual([0, expect.anything()]);
    return { ...kind, lab, name, up: await lab.json<UpDocument>('up', name), taken: [] };
  }

  /** Writes to every master at once, beginning well before. */
  async function writingUntil(rest: readonly One[], act: () => Promise<void>): Promise<void> {
    const [one, ...others] = rest;
    if (one === undefined) return act();
    const key = await one.lab.key(one.name);
    const { master, nodes } = one.up;
    const address = nodes.find(({ name }) => name === master.node)?.published ?? '';
    const writing = async () => {
      const count = () => withRedis(address, (client) => client.dbsize(), key).catch(() => 0);
      await eventually(count, (n) => n > 1000);
      await writingUntil(others, act);
    };
    one.taken = (await whileHammering(address, 'write', writing, key)).taken;
  }

  describe.each(KINDS.map(({ title }, i) => [title, i] as const))('%s', (_, i) => {
    const one = () => all[i] as One;

    // An engine may start the nodes of a pod before it, and never again (moby/moby#11777).
    it(KINDS[i]?.isPod ? 'heals with one up' : 'heals without help', async () => {
      const { lab, name, up } = one();
      if (one().isPod) await lab.json('up', name);
      const status = async () => {
        const { stdout, stderr } = await lab.run('status', name, '--json');
        return stdout === '' ? stderr : (JSON.parse(stdout) as StatusDocument);
      };
      const isHealthy = (said: string | StatusDocument) =>
        typeof said !== 'string' && said.state === 'healthy';
      await eventually(status, isHealthy, COMES_BACK_MS);
      for (const { container } of up.nodes) {
        const { State } = await lab.docker.getContainer(container).inspect();
        expect(Date.parse(State.StartedAt)).toBeGreaterThan(diedAt);
      }
    });

    it('loses no acknowledged write that had to be on disk', async () => {
      const { lab, name, up, taken } = one();
      const { master, nodes } = await lab.healthy(name);
      const published = nodes.find((node) => node.name === master?.node)?.published ?? '';
      // A replica that was promoted on the way back may lack what the master had just taken.
      const isAnother = master?.node !== up.master.node;
      const mayLoseMs = isAnother ? Math.max(one().mayLoseMs, 1000) : one().mayLoseMs;
      const due = taken.filter(({ at }) => at <= diedAt - mayLoseMs);
      expect(due.length).toBeGreaterThan(0);
      const ask = (client: Redis) => client.mget(due.map(({ key }) => key));
      const values = await withRedis(published, ask, await lab.key(name));
      expect(due.filter((__, n) => values[n] === null)).toEqual([]);
    });

    it('is left with nothing for up to do', async () => {
      const { lab, name } = one();
      const again = await lab.json<UpDocument>('up', name);
      expect(again).toMatchObject({ healthy: true, changed: false });
    });
  });
});
