import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import { entriesOf, tarOf } from '../../src/host/tar.js';
import type { DrillDocument, UpDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { whileHammering, withRedis } from '../helpers/redis.js';

jest.setTimeout(240_000);

interface Count {
  readonly db: number;
  readonly keys: number;
  readonly volatile: number;
}

interface BackupDocument {
  readonly schemaVersion: 1;
  readonly topology: string;
  readonly file: string;
  readonly node: { readonly name: string; readonly role: string };
  readonly replication: { readonly offset: number; readonly masterOffset: number };
  readonly databases: readonly Count[];
  readonly dump: { readonly bytes: number; readonly sha256: string; readonly format: string };
}

interface RestoreDocument extends UpDocument {
  readonly restored: { readonly saved: readonly Count[]; readonly databases: readonly Count[] };
}

const FOREVER_S = 100_000;

/** Every type, a time to live, a second database. */
async function fill(client: Redis): Promise<void> {
  for (let n = 0; n < 300; n++) await client.set(`before:${n}`, `${n}`);
  await client.set('binary', Buffer.from([0, 255, 10, 13]));
  await client.set('fleeting', 'x', 'EX', FOREVER_S);
  await client.rpush('list', 'a', 'b', 'c');
  await client.sadd('set', 'a', 'b');
  await client.zadd('sorted', '1.5', 'a', '-2', 'b');
  await client.hset('hash', { a: '1', b: 'two' });
  await client.xadd('stream', '1-1', 'field', 'value');
  await client.setbit('bits', 1000, 1);
  await client.select(3);
  await client.set('elsewhere', 'y');
  await client.select(0);
  // All of it is on both replicas: that is what no backup may lack.
  expect(await client.wait(2, 5000)).toBe(2);
}

/** The same looked up. */
async function contents(client: Redis) {
  const numbers = Array.from({ length: 300 }, (_, n) => `before:${n}`);
  const here = {
    strings: await client.mget(numbers),
    binary: (await client.getBuffer('binary'))?.toString('hex'),
    list: await client.lrange('list', 0, -1),
    set: (await client.smembers('set')).sort(),
    sorted: await client.zrange('sorted', '0', '-1', 'WITHSCORES'),
    hash: await client.hgetall('hash'),
    stream: await client.xrange('stream', '-', '+'),
    bits: await client.getbit('bits', 1000),
    isFleeting: (await client.ttl('fleeting')) > FOREVER_S - 3600,
  };
  await client.select(3);
  const elsewhere = await client.get('elsewhere');
  await client.select(0);
  return { ...here, elsewhere };
}

describe('a backup and what is restored from it', () => {
  let lab: Lab;
  let first: string;
  let second: string;
  let made: UpDocument;
  let kept: BackupDocument;
  let data: Awaited<ReturnType<typeof contents>>;
  let restored: RestoreDocument;
  const publishedIn = (document: UpDocument, node: string) =>
    document.nodes.find((each) => each.name === node)?.published ?? '';
  /** Ask the present master of a topology. */
  const askMaster = async <T>(name: string, act: (client: Redis) => Promise<T>) => {
    const { master, nodes } = await lab.healthy(name);
    const published = nodes.find((each) => each.name === master?.node)?.published ?? '';
    return withRedis(published, act, await lab.key(name));
  };
  const sizeIn = (counts: readonly Count[], db: number) =>
    counts.find((each) => each.db === db)?.keys ?? 0;

  beforeAll(async () => {
    lab = await Lab.open();
    first = lab.name();
    second = lab.name();
    made = await lab.json<UpDocument>('up', first, '--profile', 'ci');
    await withRedis(publishedIn(made, 'redis-1'), fill);
  });
  afterAll(() => lab?.clean());

  it('is taken from a replica while a client writes, and has all that came before', async () => {
    const { result, taken } = await whileHammering(publishedIn(made, 'redis-1'), 'meanwhile', () =>
      lab.json<BackupDocument>('backup', first),
    );
    kept = result;
    expect(taken.length).toBeGreaterThan(10);
    expect(kept).toMatchObject({ schemaVersion: 1, topology: first, node: { role: 'replica' } });
    expect(kept.replication.offset).toBeGreaterThanOrEqual(kept.replication.masterOffset);
    expect(kept.file).toMatch(new RegExp(`/${first}-\\d{8}-\\d{6}\\.rsent\\.tar$`));
    expect((await stat(kept.file)).mode & 0o777).toBe(0o600);
    expect(sizeIn(kept.databases, 0)).toBeGreaterThanOrEqual(308);
    expect(kept.databases.find(({ db }) => db === 0)?.volatile).toBe(1);
    expect(sizeIn(kept.databases, 3)).toBe(1);
    data = await withRedis(publishedIn(made, 'redis-1'), contents);
    expect(data.strings.filter((value) => value === null)).toEqual([]);
  });

  it('holds no secret, and leaves nothing half-written beside it', async () => {
    const entries = await readdir(lab.home);
    expect(entries.filter((entry) => entry.includes('.tmp'))).toEqual([]);
    expect((await readFile(kept.file)).includes('requirepass')).toBe(false);
  });

  it('is never written over', async () => {
    const before = await readFile(kept.file);
    const { code, stderr } = await lab.run('backup', first, '--to', kept.file);
    expect([code, stderr]).toEqual([2, expect.stringContaining('already')]);
    expect((await readFile(kept.file)).equals(before)).toBe(true);
  });

  it('fails with the words of the server when that cannot save', async () => {
    const own = join(lab.home, 'data', first);
    const dumps = ['redis-2', 'redis-3'].map((node) => join(own, node, 'data', 'dump.rdb'));
    for (const path of dumps) {
      await rm(path, { force: true });
      await mkdir(join(path, 'in the way'), { recursive: true });
    }
    const target = join(lab.home, 'failed.rsent.tar');
    const { code, stderr } = await lab.run('backup', first, '--to', target);
    for (const path of dumps) await rm(path, { recursive: true });
    expect([code, stderr]).toEqual([1, expect.stringContaining('could not save its data')]);
    expect(stderr).toMatch(/dump\.rdb|temp DB file/i);
    // The conf has it off: nothing had to be told.
    expect(stderr).not.toContain('stop-writes');
    expect((await readdir(lab.home)).filter((entry) => entry.startsWith('failed'))).toEqual([]);
  });

  it('is refused for a name that is there', async () => {
    const { code, stderr } = await lab.run('restore', first, '--from', kept.file);
    expect([code, stderr]).toEqual([2, expect.stringContaining('already')]);
    expect(await lab.healthy(first)).toMatchObject({ healthy: true });
  });

  // All the other ways are tried in test/host/backup-file.test.ts.
  describe('that is no whole one', () => {
    const cases: readonly (readonly [string, string, (whole: Buffer) => Promise<Buffer>])[] = [
      ['cut short', 'cut off', async (whole) => whole.subarray(0, -1536)],
      [
        'with another byte in its dump',
        'not what was saved',
        async (whole) => {
          const at = whole.lastIndexOf('REDIS0') + 12;
          whole[at] = (whole[at] ?? 0) ^ 1;
          return whole;
        },
      ],
      [
        'with a third file',
        'something else in it',
        async (whole) => {
          const evil = await tarOf([{ name: '../../evil', mode: 0o600, content: 'x' }]);
          return Buffer.concat([whole.subarray(0, -1024), evil]);
        },
      ],
    ];

    it.each(cases)('creates nothing: %s', async (_, why, damage) => {
      const file = join(lab.home, 'damaged.tar');
      await writeFile(file, await damage(await readFile(kept.file)));
      const { code, stderr } = await lab.run('restore', second, '--from', file);
      expect([code, stderr]).toEqual([1, expect.stringContaining('is no whole backup')]);
      expect(stderr).toContain(why);
      expect(await lab.leftovers(second)).toEqual([]);
      expect(await readdir(join(lab.home, 'data'))).not.toContain(second);
    });
  });

  describe('that is a plain dump of a server', () => {
    it('is restored, as a whole one', async () => {
      const file = await plainDump();
      const name = lab.name();
      const from = await lab.json<RestoreDocument>('restore', name, '--from', file);
      expect(from).toMatchObject({ healthy: true, restored: { saved: null } });
      expect(from.restored.databases).toEqual(kept.databases);
      expect(await askMaster(name, contents)).toEqual(data);
      expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
    });

    it('creates nothing when it is cut off, and says what it is', async () => {
      const file = await plainDump();
      await writeFile(file, (await readFile(file)).subarray(0, -100));
      const { code, stderr } = await lab.run('restore', second, '--from', file);
      expect([code, stderr]).toEqual([1, expect.stringContaining('is a plain RDB file, and not')]);
      expect(await lab.leftovers(second)).toEqual([]);
    });

    async function plainDump(): Promise<string> {
      const file = join(lab.home, 'dump.rdb');
      for await (const { name, chunks } of entriesOf(createReadStream(kept.file))) {
        const content = await buffer(Readable.from(chunks));
        if (name === 'dump.rdb') await writeFile(file, content);
      }
      return file;
    }
  });

  it('takes no name from it that could not be one', async () => {
    const whole = (await readFile(kept.file)).toString('latin1');
    const file = join(lab.home, 'hostile.tar');
    const hostile = '../'.repeat(first.length).slice(0, first.length);
    await writeFile(file, Buffer.from(whole.replaceAll(`"${first}"`, `"${hostile}"`), 'latin1'));
    const { code, stderr } = await lab.run('restore', '--from', file);
    expect([code, stderr]).toEqual([2, expect.stringContaining('legal is')]);
  });

  it('makes a topology of another name with users, TLS and volumes, when the first is gone', async () => {
    expect((await lab.run('down', first, '--volumes', '--yes')).code).toBe(0);
    const flags = ['--acl', '--tls', '--storage', 'volume', '--from', kept.file];
    restored = await lab.json<RestoreDocument>('restore', second, ...flags);
    expect(restored).toMatchObject({ healthy: true, restored: { saved: kept.databases } });
    expect(restored.restored.databases).toEqual(kept.databases);
    expect(await askMaster(second, contents)).toEqual(data);
  });

  it('keeps its data over down and up, with nothing left to restore', async () => {
    expect((await lab.run('down', second)).code).toBe(0);
    expect(await lab.json<UpDocument>('up', second)).toMatchObject({ healthy: true });
    expect(await askMaster(second, contents)).toEqual(data);
  });

  it('keeps its data over a failover', async () => {
    const drill = await lab.json<DrillDocument>('failover', second);
    expect(drill).toMatchObject({ passed: true });
    expect(await askMaster(second, contents)).toEqual(data);
  });
});

describe('a restore that is killed', () => {
  let lab: Lab;
  let file: string;
  let name: string;

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    const made = await lab.json<UpDocument>('up', name, '--profile', 'ci', '--replicas', '1');
    await withRedis(made.nodes[0]?.published ?? '', async (client) => {
      await client.set('key', 'value');
      expect(await client.wait(1, 5000)).toBe(1);
    });
    ({ file } = await lab.json<BackupDocument>('backup', name));
    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
  });
  afterAll(() => lab?.clean());

  it('never comes up empty: what is left is refused by up, or has its data', async () => {
    const killed = lab.start(['restore', name, '--from', file]);
    const record = join(lab.home, 'data', name, 'topology.json');
    await eventually(
      () => readFile(record, 'utf8').catch(() => ''),
      (text) => text !== '',
    );
    killed.child.kill('SIGKILL');
    await killed.result;
    const up = await lab.run('up', name, '--json');
    if (up.code !== 0) {
      expect(up.stderr).toContain('was being restored');
    }
    const again = up.code === 0 ? up : await lab.run('restore', name, '--from', file, '--json');
    expect([again.code, again.stderr]).toEqual([0, expect.any(String)]);
    const { master, nodes } = await lab.healthy(name);
    const published = nodes.find((each) => each.name === master?.node)?.published ?? '';
    expect(await withRedis(published, (client) => client.get('key'))).toBe('value');
  });
});
