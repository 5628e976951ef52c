import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(7_200_000);

/** All steps of every plan take an hour and a half; else one of every fourth kind. */
const ALL = process.env['RSENT_ALL_STEPS'] === '1';
const KEYS = 50;
const PROFILE = ['--profile', 'ci'];

const IMAGE = process.env['RSENT_TEST_IMAGE'] ?? '';
const ALIAS = `rsent-e2e-alias:${process.pid}`;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  await lab.docker.getImage(IMAGE).tag({ repo: 'rsent-e2e-alias', tag: String(process.pid) });
});
afterAll(async () => {
  await lab?.clean();
  await lab?.docker.getImage(ALIAS).remove();
});

interface Verb {
  /** What is done before, so that the verb has something to do; the topology is up and has data. */
  readonly before?: (name: string) => Promise<unknown>;
  readonly args: (name: string) => readonly string[] | Promise<readonly string[]>;
  /** What of the data may be there afterwards. */
  readonly leaves: 'all' | 'all or nothing';
  /** Counts of data nodes and Sentinels that the topology may have afterwards. */
  readonly counts?: readonly string[];
  /** A further setting of the topology. */
  readonly flags?: readonly string[];
}

const VERBS: Readonly<Record<string, Verb>> = {
  'up of one that sleeps': {
    before: (name) => lab.json('down', name),
    args: (name) => ['up', name],
    leaves: 'all',
  },
  'up --recreate': { args: (name) => ['up', name, '--recreate'], leaves: 'all' },
  'scale to more': {
    args: (name) => ['scale', name, '--replicas', '3', '--sentinels', '5'],
    leaves: 'all',
    counts: ['3+3', '4+5'],
  },
  'scale to less': {
    before: (name) => lab.json('scale', name, '--replicas', '3', '--sentinels', '5'),
    args: (name) => ['scale', name, '--replicas', '2', '--sentinels', '3'],
    leaves: 'all',
    counts: ['3+3', '4+5'],
  },
  reset: { args: (name) => ['reset', name, '--yes'], leaves: 'all or nothing' },
  // The same server by another name: there is a way there and back.
  upgrade: { args: async (name) => ['upgrade', name, '--image', await other(name)], leaves: 'all' },
  down: { args: (name) => ['down', name], leaves: 'all' },
  stop: { args: (name) => ['stop', name], leaves: 'all' },
};

describe.each(Object.entries(VERBS))('%s, killed at each of its steps', (_, verb) => {
  let name: string;
  let steps: readonly string[];

  beforeAll(async () => {
    name = lab.name();
    await lab.json('up', name, ...PROFILE, ...(verb.flags ?? []));
    await verb.before?.(name);
    const whole = await lab.dying(await verb.args(name), undefined);
    expect(whole).toMatchObject({ code: 0 });
    steps = chosen(whole.steps);
    await lab.run(...(await asKept(name)));
    await lab.run('scale', name, '--replicas', '2', '--sentinels', '3');
  });
  afterAll(() => lab.run('down', name, '--volumes', '--yes'));

  it('is sorted out by the next up, and no acknowledged write is lost', async () => {
    for (const [i, step] of steps.entries()) {
      const marks = await written(name, `${i}`);
      await verb.before?.(name);
      const { code, steps: begun } = await lab.dying(await verb.args(name), step);
      // Whether the record is written again depends on what others have taken meanwhile.
      const isThere = begun.some((line) => line.endsWith(` ${step}`));
      expect({ step, code }).toEqual({ step, code: isThere ? null : 0 });
      expect({ step, ...(await told(name)) }).toMatchObject({ step, crashed: false });
      // Every third time somebody takes it down first.
      if (i % 3 === 2)
        expect({ step, ...(await lab.run('down', name)) }).toMatchObject({ code: 0 });
      const up = await lab.json<UpDocument>(...(await asKept(name)));
      expect({ step, healthy: up.healthy }).toEqual({ step, healthy: true });
      const counts = countsOf(up);
      expect({ step, ok: (verb.counts ?? ['3+3']).includes(counts), counts }).toMatchObject({
        ok: true,
      });
      const left = await survivors(name, marks);
      const fine = left === KEYS || (verb.leaves === 'all or nothing' && left === 0);
      expect({ step, left, fine }).toEqual({ step, left, fine: true });
      await backToThree(name, counts);
    }
  });
});

describe('up of a new topology, killed at each of its steps', () => {
  it('is sorted out by the next up, or by down, which leaves nothing', async () => {
    const first = lab.name();
    const whole = await lab.dying(['up', first, ...PROFILE], undefined);
    expect(whole.code).toBe(0);
    await lab.json('down', first, '--volumes', '--yes');
    const steps = chosen(whole.steps);
    for (const [i, step] of steps.entries()) {
      const { code } = await lab.dying(['up', first, ...PROFILE], step);
      expect({ step, code }).toEqual({ step, code: null });
      expect({ step, ...(await told(first)) }).toMatchObject({ crashed: false });
      if (i % 2 === 0) {
        const up = await lab.json<UpDocument>('up', first, ...PROFILE);
        expect({ step, healthy: up.healthy }).toEqual({ step, healthy: true });
      }
      const down = await lab.run('down', first, '--volumes', '--yes');
      expect({ step, ...down }).toMatchObject({ step, code: 0 });
      expect({ step, left: await lab.leftovers(first) }).toEqual({ step, left: [] });
    }
  });
});

describe('restore, killed at each of its steps', () => {
  it('is ended by the next up, or by the same restore where up says so, with all data', async () => {
    const [name, from] = [lab.name(), lab.name()];
    await lab.json('up', from, ...PROFILE);
    const marks = await written(from, 'kept');
    const { file } = await lab.json<{ file: string }>('backup', from);
    await lab.json('down', from, '--volumes', '--yes');
    const args = ['restore', name, '--from', file];
    const whole = await lab.dying(args, undefined);
    expect(whole.code).toBe(0);
    const steps = ALL ? chosen(whole.steps) : OF_RESTORE;
    await lab.json('down', name, '--volumes', '--yes');
    for (const step of steps) {
      const { code } = await lab.dying(args, step);
      expect({ step, code }).toEqual({ step, code: null });
      expect({ step, ...(await told(name)) }).toMatchObject({ step, crashed: false });
      const up = await lab.run('up', name);
      if (up.code !== 0) {
        expect({ step, said: up.stderr }).toMatchObject({
          said: expect.stringContaining('was being restored'),
        });
        expect({ step, ...(await lab.run(...args)) }).toMatchObject({ step, code: 0 });
      }
      const left = await survivors(name, marks);
      expect({ step, left }).toEqual({ step, left: KEYS });
      expect(await lab.faultless(name)).toMatchObject({ healthy: true, findings: [] });
      expect(await lab.run('down', name, '--volumes', '--yes')).toMatchObject({ code: 0 });
      expect({ step, left: await lab.leftovers(name) }).toEqual({ step, left: [] });
    }
  });
});

/** Those of them that decide what becomes of the data. */
const OF_RESTORE = ['dump:redis-1', 'conf:redis-1', 'keys:redis-1', 'restored'];

/** `up` with the image that it has: the environment names one for all. */
async function asKept(name: string): Promise<string[]> {
  return ['up', name, '--image', (await other(name)) === IMAGE ? ALIAS : IMAGE];
}

/** The one of the two images that a topology does not have. */
async function other(name: string): Promise<string> {
  const record = await readFile(join(lab.home, 'data', name, 'topology.json'), 'utf8');
  return JSON.parse(record).spec.image.ref === ALIAS ? IMAGE : ALIAS;
}

/** Ids of the steps to be killed at. */
function chosen(lines: readonly string[]): string[] {
  const pairs = lines.map((line) => line.split(' '));
  const kinds = [...new Set(pairs.map(([kind]) => kind))];
  const few = kinds.map((kind, i) => pairs.filter((pair) => pair[0] === kind).at(i % 2 ? -1 : 0));
  const some = few.filter((_, i) => i % 4 === 0);
  return (ALL ? pairs : some).map((pair) => pair?.[1] ?? '');
}

/** What status says of whatever is there: an answer, never a crash of its own. */
async function told(name: string): Promise<{ crashed: boolean; said: string }> {
  const { code, stdout, stderr } = await lab.run('status', name, '--json');
  const said = `${code} ${stderr}`;
  try {
    const document = JSON.parse(stdout) as Partial<StatusDocument> & { error?: { kind: string } };
    return { crashed: document.error?.kind === 'bug' || code === null, said };
  } catch {
    return { crashed: true, said };
  }
}

/** Writes that at least one replica has acknowledged; gives their keys. */
async function written(name: string, mark: string): Promise<string[]> {
  const keys = Array.from({ length: KEYS }, (_, n) => `${mark}:${n}`);
  await atMaster(name, async (client) => {
    for (const key of keys) await client.set(key, 'x');
    expect(await client.wait(1, 5000)).toBeGreaterThanOrEqual(1);
  });
  return keys;
}

async function survivors(name: string, keys: readonly string[]): Promise<number> {
  return atMaster(name, (client) => client.exists(...keys));
}

async function atMaster<T>(name: string, act: (client: Redis) => Promise<T>): Promise<T> {
  const { master, nodes } = await lab.healthy(name);
  const published = nodes.find((node) => node.name === master?.node)?.published ?? '';
  return withRedis(published, act, await lab.key(name));
}

function countsOf({ nodes }: UpDocument): string {
  const count = (kind: string) => nodes.filter((node) => node.kind === kind).length;
  return `${count('redis')}+${count('sentinel')}`;
}

async function backToThree(name: string, counts: string): Promise<void> {
  if (counts !== '3+3') await lab.json('scale', name, '--replicas', '2', '--sentinels', '3');
}
