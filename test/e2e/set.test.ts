import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { whileWriting, withRedis } from '../helpers/redis.js';

jest.setTimeout(180_000);

interface SetDocument {
  readonly changed: boolean;
  readonly live: boolean;
  readonly settings: readonly { readonly setting: string; readonly now: string }[];
}

/** Looks at a topology from outside of rsent. */
class Subject {
  readonly name: string;
  nodes: UpDocument['nodes'] = [];

  constructor(readonly lab: Lab) {
    this.name = lab.name();
  }

  async up(...flags: string[]): Promise<UpDocument> {
    const done = await this.lab.json<UpDocument>('up', this.name, ...flags);
    this.nodes = done.nodes;
    return done;
  }

  set(...flags: string[]): Promise<SetDocument> {
    return this.lab.json<SetDocument>('set', this.name, ...flags);
  }

  async on<T>(published: string, act: (client: Redis) => Promise<T>): Promise<T> {
    return withRedis(published, act, await this.lab.key(this.name, 'rsent'));
  }

  /** What CONFIG GET says on each data node, without repetition. */
  async config(setting: string): Promise<unknown[]> {
    const said = await this.#each('redis', (client) => client.call('CONFIG', 'GET', setting));
    return [...new Set(said.map((reply) => (reply as string[])[1]))];
  }

  /** What SENTINEL MASTER says on each Sentinel, without repetition. */
  async master(setting: string): Promise<unknown[]> {
    const said = await this.#each('sentinel', (client) =>
      client.call('SENTINEL', 'MASTER', 'mymaster'),
    );
    return [...new Set(said.map((reply) => fieldOf(reply as string[], setting)))];
  }

  #each<T>(kind: string, act: (client: Redis) => Promise<T>): Promise<T[]> {
    const nodes = this.nodes.filter((node) => node.kind === kind);
    return Promise.all(nodes.map(({ published }) => this.on(published, act)));
  }

  conf(node: string): Promise<string> {
    const file = `${node.split('-')[0]}.conf`;
    return readFile(join(this.lab.home, 'data', this.name, node, 'conf', file), 'utf8');
  }

  record(): Promise<string> {
    return readFile(join(this.lab.home, 'data', this.name, 'topology.json'), 'utf8');
  }

  published(node: string): string {
    return this.nodes.find((each) => each.name === node)?.published ?? '';
  }

  status(): Promise<StatusDocument> {
    return this.lab.healthy(this.name);
  }
}

function fieldOf(reply: readonly string[], name: string): string | undefined {
  return reply[reply.indexOf(name) + 1];
}

describe('settings of a topology with users of its own and TLS', () => {
  let lab: Lab;
  let subject: Subject;

  beforeAll(async () => {
    lab = await Lab.open();
    subject = new Subject(lab);
    const given = ['--redis-config', 'maxmemory-policy allkeys-lru', '--redis-config', 'save 60 1'];
    await subject.up('--profile', 'ci', '--acl', '--tls', ...given);
  });
  afterAll(() => lab?.clean());

  it('is born with the directives that were passed through', async () => {
    expect(await subject.config('maxmemory-policy')).toEqual(['allkeys-lru']);
    expect(await subject.config('save')).toEqual(['60 1']);
  });

  it('takes each setting while clients write, on every node and in every conf', async () => {
    const written = await whileWriting(
      subject.published('redis-1'),
      () =>
        subject.set(
          ...['--down-after', '3s', '--failover-timeout', '12s', '--parallel-syncs', '2'],
          ...['--quorum', '3', '--min-replicas-to-write', '2', '--min-replicas-max-lag', '5'],
          ...['--maxmemory', '100mb', '--fsync', 'always'],
          ...['--redis-config', 'save 900 1', '--redis-config', 'save 300 10'],
          ...['--redis-config', 'client-output-buffer-limit replica 300mb 64mb 60'],
        ),
      await lab.key(subject.name),
    );
    expect(written.result).toMatchObject({ changed: true, live: true });
    expect(written.result.settings).toHaveLength(10);
    expect(written.errors).toEqual([]);
    expect(written.count).toBeGreaterThan(10);

    const sentinel = { 'down-after-milliseconds': '3000', 'failover-timeout': '12000' };
    for (const [name, value] of Object.entries({ ...sentinel, 'parallel-syncs': '2', quorum: '3' }))
      expect([name, await subject.master(name)]).toEqual([name, [value]]);
    const redis = { 'min-replicas-to-write': '2', 'min-replicas-max-lag': '5' };
    const more = { maxmemory: '104857600', appendfsync: 'always', save: '900 1 300 10' };
    for (const [name, value] of Object.entries({ ...redis, ...more }))
      expect([name, await subject.config(name)]).toEqual([name, [value]]);
    const [limits] = await subject.config('client-output-buffer-limit');
    expect(limits).toMatch(/(slave|replica) 314572800 67108864 60/);

    for (const node of ['redis-1', 'redis-2', 'redis-3']) {
      const conf = await subject.conf(node);
      for (const line of [/^appendfsync always$/m, /^maxmemory 100mb$/m, /^save 900 1/m])
        expect(conf).toMatch(line);
      expect(conf).toMatch(/^min-(replicas|slaves)-to-write 2$/m);
    }
    for (const node of ['sentinel-1', 'sentinel-2', 'sentinel-3']) {
      const conf = await subject.conf(node);
      expect(conf).toMatch(/^sentinel monitor mymaster \S+ \d+ 3$/m);
      expect(conf).toMatch(/^sentinel down-after-milliseconds mymaster 3000$/m);
    }
    expect(await subject.status()).toMatchObject({ healthy: true, findings: [] });
  });

  it('takes them from a spec file, and says what else of it does not happen', async () => {
    const file = join(lab.home, 'set.yaml');
    await writeFile(
      file,
      `name: ${subject.name}\nreplicas: 4\nparallelSyncs: 1\nfailoverTimeout: 11s\n`,
    );
    const { code, stderr, stdout } = await lab.run('set', '-f', file, '--json');
    expect([code, JSON.parse(stdout).settings]).toEqual([0, expect.any(Array)]);
    expect(stderr).toMatch(/replicas is 2, asked 4: rsent scale/);
    expect(await subject.master('failover-timeout')).toEqual(['11000']);
    expect(await subject.master('parallel-syncs')).toEqual(['1']);
    await subject.set('--failover-timeout', '12s', '--parallel-syncs', '2');
  });

  it('changes nothing at a second time, and says so', async () => {
    expect(await subject.set('--down-after', '3s')).toMatchObject({ changed: false });
    expect(await subject.up()).toMatchObject({ changed: false });
  });

  it('leaves nothing changed when a node refuses one of several', async () => {
    const before = await subject.record();
    const flags = ['--down-after', '7s', '--maxmemory', '200mb', '--redis-config', 'databases 32'];
    const { code, stderr } = await lab.run('set', subject.name, ...flags);
    expect(code).toBe(1);
    expect(stderr).toMatch(/redis-1 does not take databases while it runs.*CONFIG SET/s);
    expect(stderr).toContain('Nothing was changed');
    expect(stderr).toContain('--recreate');
    expect(await subject.record()).toBe(before);
    expect(await subject.master('down-after-milliseconds')).toEqual(['3000']);
    expect(await subject.config('maxmemory')).toEqual(['104857600']);
    expect(await subject.conf('sentinel-1')).toMatch(/down-after-milliseconds mymaster 3000$/m);
    expect(await subject.conf('redis-1')).toMatch(/^maxmemory 100mb$/m);
  });

  it.each<[string, string[], RegExp]>([
    ['more than there are', ['--quorum', '4'], /--quorum is 4, but there are 3 Sentinels/],
    ['what rsent owns', ['--redis-config', 'appendonly no'], /appendonly.*--fsync/],
    ['what a Sentinel reads once', ['--sentinel-config', 'maxclients 900'], /only when it starts/],
    ['nothing', [], /Nothing is said/],
  ])('refuses %s and leaves the record', async (_, flags, why) => {
    const before = await subject.record();
    const { code, stderr } = await lab.run('set', subject.name, ...flags);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(why);
    expect(await subject.record()).toBe(before);
  });

  it('refuses less room than the data takes, where that would stop every write', async () => {
    await subject.set('--redis-config', 'maxmemory-policy noeviction');
    await subject.on(subject.published('redis-1'), async (client) => {
      for (let n = 0; n < 20; n++) await client.set(`rsent:big:${n}`, 'x'.repeat(1_000_000));
    });
    const { code, stderr } = await lab.run('set', subject.name, '--maxmemory', '16mb');
    expect(code).toBe(1);
    expect(stderr).toMatch(/redis-1 uses \d+ bytes, more than maxmemory 16777216/);
    expect(await subject.config('maxmemory')).toEqual(['104857600']);
    await subject.set('--redis-config', 'maxmemory-policy allkeys-lru');
  });

  it('gives back what the conf or Redis has without a directive that is taken away', async () => {
    await subject.set('--redis-config', 'maxmemory-policy', '--redis-config', 'save');
    expect(await subject.config('maxmemory-policy')).toEqual(['noeviction']);
    expect(await subject.config('save')).toEqual(['']);
    expect(JSON.parse(await subject.record()).spec.further.redis).toEqual({
      'client-output-buffer-limit': ['replica 300mb 64mb 60'],
    });
  });

  it('takes them at up, too, and names each of the others with its way', async () => {
    const done = await subject.up('--quorum', '2', '--redis-config', 'hash-max-ziplist-entries 64');
    expect(done).toMatchObject({ changed: true, healthy: true });
    expect(await subject.master('quorum')).toEqual(['2']);
    expect(await subject.config('hash-max-ziplist-entries')).toEqual(['64']);
    const flags = ['--quorum', '3', '--replicas', '4', '--pids', '99', '--master-name', 'x'];
    const { code, stderr } = await lab.run('up', subject.name, ...flags);
    expect(code).toBe(2);
    expect(stderr).toMatch(/quorum is 2, asked 3: rsent set/);
    expect(stderr).toMatch(/replicas is 2, asked 4: rsent scale/);
    expect(stderr).toMatch(/pids is 256, asked 99: .*--recreate/);
    expect(stderr).toMatch(/master name is mymaster, asked x: it stays/);
    expect(await subject.master('quorum')).toEqual(['2']);
  });

  it('puts right at up what somebody has changed by hand', async () => {
    await subject.on(subject.published('redis-2'), (client) =>
      client.config('SET', 'maxmemory', '99mb'),
    );
    await subject.on(subject.published('sentinel-3'), (client) =>
      client.call('SENTINEL', 'SET', 'mymaster', 'down-after-milliseconds', '4000'),
    );
    const { stdout } = await lab.run('status', subject.name, '--json');
    const { findings } = JSON.parse(stdout) as StatusDocument;
    const differs = findings.filter(({ code }) => code === 'setting-differs');
    expect(differs.map(({ subject }) => subject).sort()).toEqual(['redis-2', 'sentinel-3']);
    expect(await subject.up()).toMatchObject({ changed: true, healthy: true });
    expect(await subject.config('maxmemory')).toEqual(['104857600']);
    expect(await subject.master('down-after-milliseconds')).toEqual(['3000']);
  });

  it('is finished by up where it was killed in the middle', async () => {
    const { child, result } = lab.start([
      'set',
      subject.name,
      '--down-after',
      '8s',
      '--maxmemory',
      '0',
    ]);
    await eventually(
      () => subject.record(),
      (text) => text.includes('"downAfterMs": 8000'),
    );
    child.kill('SIGKILL');
    await result;
    expect(await subject.up()).toMatchObject({ healthy: true });
    expect(await subject.master('down-after-milliseconds')).toEqual(['8000']);
    expect(await subject.config('maxmemory')).toEqual(['0']);
    expect(await subject.status()).toMatchObject({ findings: [] });
  });

  it('keeps them over down and up', async () => {
    await lab.run('down', subject.name);
    await subject.up();
    expect(await subject.master('down-after-milliseconds')).toEqual(['8000']);
    expect(await subject.config('appendfsync')).toEqual(['always']);
    expect(await subject.config('hash-max-ziplist-entries')).toEqual(['64']);
    expect(await subject.status()).toMatchObject({ healthy: true, findings: [] });
  });

  it('shows the line by which Redis refuses a directive, and starts as before without it', async () => {
    await lab.run('down', subject.name);
    const before = await subject.record();
    const { code, stderr } = await lab.run('up', subject.name, '--redis-config', 'bogus 1');
    expect(code).not.toBe(0);
    expect(stderr).toContain('FATAL CONFIG FILE ERROR');
    expect(stderr).toContain("'bogus 1'");
    expect(stderr).toContain('Bad directive');
    expect(await lab.leftovers(subject.name)).toEqual([]);
    expect(await subject.record()).toBe(before);
    expect(await subject.conf('redis-1')).not.toContain('bogus');
    expect(await subject.up()).toMatchObject({ healthy: true });
  });
});

describe('settings of a topology that sleeps, in volumes', () => {
  let lab: Lab;
  let subject: Subject;

  beforeAll(async () => {
    lab = await Lab.open();
    subject = new Subject(lab);
    const given = ['--redis-config', 'maxmemory-policy allkeys-lru'];
    await subject.up('--profile', 'ci', '--storage', 'volume', ...given);
    await lab.run('down', subject.name);
  });
  afterAll(() => lab?.clean());

  it('are in force at the next up, those that no server takes live among them', async () => {
    const done = await subject.set(
      ...['--down-after', '4s', '--quorum', '3', '--fsync', 'always'],
      ...['--redis-config', 'databases 32', '--redis-config', 'maxmemory-policy'],
      ...['--sentinel-config', 'sentinel deny-scripts-reconfig no'],
    );
    expect(done).toMatchObject({ changed: true, live: false });
    expect(await lab.leftovers(subject.name)).not.toContainEqual(expect.stringMatching(/^\//));
    expect(await subject.up()).toMatchObject({ healthy: true });
    expect(await subject.config('databases')).toEqual(['32']);
    expect(await subject.config('maxmemory-policy')).toEqual(['noeviction']);
    expect(await subject.config('appendfsync')).toEqual(['always']);
    expect(await subject.master('quorum')).toEqual(['3']);
    expect(await subject.master('down-after-milliseconds')).toEqual(['4000']);
    // Refused by a Sentinel that was not told otherwise as it started.
    const script = (client: Redis) =>
      client.call('SENTINEL', 'SET', 'mymaster', 'notification-script', '');
    expect(await subject.on(subject.published('sentinel-1'), script)).toBe('OK');
  });
});

it('leaves nothing of a new topology whose directive Redis refuses', async () => {
  const lab = await Lab.open();
  const name = lab.name();
  try {
    const flags = ['--profile', 'ci', '--redis-config', 'maxmemory-policy sometimes'];
    const { code, stderr } = await lab.run('up', name, ...flags);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/FATAL CONFIG FILE ERROR[\s\S]*'maxmemory-policy sometimes'/);
    expect(await lab.leftovers(name)).toEqual([]);
    expect((await lab.run('ls')).stdout).not.toContain(name);
  } finally {
    await lab.clean();
  }
});
