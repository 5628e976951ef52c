import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../src/flow/context.js';
import { rotating } from '../../src/flow/rotation.js';
import { readRecord, writeRecord } from '../../src/host/data-home.js';
import { readNextSecrets } from '../../src/host/next-secrets.js';
import { RsentError } from '../../src/model/errors.js';
import { silentProgress } from '../helpers/scene.js';
import { aRecord } from '../helpers/topology.js';

const passwords = { app: 'a', rsent: 'b', sentinel: 'c', replication: 'd' };

describe('rotating', () => {
  let home: string;
  let context: Context;
  let user: AbortController;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'rsent-rotation-'));
    await mkdir(join(home, 'lab'));
    await writeRecord(home, { ...aRecord(), unfinished: { upgradingFrom: 'redis:7.2' } });
    user = new AbortController();
    context = { home, progress: silentProgress(), signal: user.signal } as Context;
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const begun = async () => ({
    unfinished: (await readRecord(home, 'lab'))?.unfinished,
    next: await readNextSecrets(home, 'lab'),
  });

  it('is in the record, with what it changes to, before it begins, and out of it when it has ended', async () => {
    const seen = await rotating(context, 'lab', 'password', { passwords }, begun);
    expect(seen).toEqual({
      unfinished: { upgradingFrom: 'redis:7.2', rotating: 'password' },
      next: { passwords },
    });
    expect(await begun()).toEqual({ unfinished: { upgradingFrom: 'redis:7.2' }, next: {} });
    expect((await readdir(join(home, 'lab'))).sort()).toEqual(['topology.json']);
  });

  it('keeps what it changes to for nobody else to read', async () => {
    await rotating(context, 'lab', 'password', { passwords }, async () => {
      expect((await stat(join(home, 'lab', 'secrets.next'))).mode & 0o777).toBe(0o600);
    });
  });

  it.each<[string, unknown, string]>([
    ['a node died', new Error('172.30.5.11:6379: ACL: connection refused'), 'unhealthy'],
    [
      'it is not healthy in the midst of it, which is refused when that is so before',
      new RsentError('refused', 'Not now: redis-2: stopped.', { hint: 'Nothing was done.' }),
      'unhealthy',
    ],
    ['the engine failed', new RsentError('engine', 'The engine does not answer.'), 'engine'],
  ])(
    'does not say that nothing was done when %s, and stays in the record',
    async (_, error, kind) => {
      const failing = rotating(context, 'lab', 'password', { passwords }, () =>
        Promise.reject(error),
      );
      await expect(failing).rejects.toMatchObject({
        kind,
        message: (error as Error).message,
        hint: expect.stringMatching(/^Unfinished: .*rsent up lab completes it\.$/),
      });
      expect((await begun()).unfinished).toMatchObject({ rotating: 'password' });
      expect((await begun()).next).toEqual({ passwords });
    },
  );

  it('stays what it is when the user interrupts it', async () => {
    const error = new RsentError('interrupted', 'Interrupted.');
    const interrupted = rotating(context, 'lab', 'certificates', {}, () => {
      user.abort();
      return Promise.reject(error);
    });
    await expect(interrupted).rejects.toBe(error);
    expect((await begun()).unfinished).toMatchObject({ rotating: 'certificates' });
  });
});
