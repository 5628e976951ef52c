import { chmod, lstat, mkdir, readdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { eventually, Lab } from '../helpers/lab.js';
import { SmallDisk } from '../helpers/small-disk.js';
import { Standing } from '../helpers/standing.js';

jest.setTimeout(240_000);

const DISK_MB = 48;
/** Writes large enough that a full disk is met soon. */
const VALUE = 'x'.repeat(2000);

describe('a disk that is full', () => {
  let lab: Lab;
  let disk: SmallDisk;
  let one: Standing;
  /** Keys of writes that were acknowledged. */
  const acknowledged: string[] = [];

  beforeAll(async () => {
    lab = await Lab.open();
    await mkdir(join(lab.home, 'data'));
    disk = await SmallDisk.at(join(lab.home, 'data'), DISK_MB);
    one = await Standing.begin(lab, lab.name());
    await one.write('before');
  });
  afterAll(async () => {
    await disk?.free();
    await lab?.run('down', one?.name ?? '', '--volumes', '--yes');
    await disk?.unmount();
    await lab?.clean();
  });

  it('makes the master refuse writes, and status says why', async () => {
    const refusal = await one.atMaster(async (client) => {
      await disk.fill();
      for (let n = 0; ; n++) {
        const answer = await client.set(`full:${n}`, VALUE).catch(String);
        if (answer !== 'OK') return answer;
        acknowledged.push(`full:${n}`);
      }
    });
    expect(refusal).toContain('MISCONF');
    const status = () => one.status();
    const { state, findings } = await eventually(status, (seen) =>
      seen.findings.some(({ code }) => code === 'disk-write-failed'),
    );
    expect(state).toBe('down');
    const fix = findings.find(({ code }) => code === 'disk-write-failed')?.fix;
    expect(fix).toContain('free disk space');
  });

  it('makes up say so, and nothing is changed', async () => {
    const things = async () => [
      await lab.leftovers(one.name),
      await readFile(one.path('topology.json'), 'utf8'),
    ];
    const before = await things();
    const { code, stderr } = await lab.run('up', one.name, '--timeout', '3s');
    expect([code, stderr]).toEqual([1, expect.stringContaining('append-only file failed')]);
    expect(await things()).toEqual(before);
  });

  it('makes up of a new topology say so, and nothing is left of it', async () => {
    const other = lab.name();
    const { code, stderr } = await lab.run('up', other, '--profile', 'ci');
    expect([code, stderr]).toEqual([2, expect.stringContaining('The disk is full')]);
    expect(await lab.leftovers(other)).toEqual([]);
    expect(await readdir(join(lab.home, 'data'))).not.toContain(other);
  });

  it('is healthy by itself when there is space again, and has every acknowledged write', async () => {
    await disk.free();
    const status = () => one.status();
    await eventually(status, ({ state }) => state === 'healthy', 90_000);
    const values = await one.atMaster((client) => client.mget(acknowledged));
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((_, n) => values[n] !== VALUE)).toEqual([]);
    await one.write('after');
    one.promoted((await one.status()).master?.node ?? null);
    await one.expectUp();
  });

  it.each<[string, readonly string[]]>([
    ['status', []],
    ['stop', []],
    ['down', []],
    ['prune', ['--yes']],
    ['down', ['--volumes', '--yes']],
  ])('does not keep %s %j from its work', async (verb, flags) => {
    await disk.fill();
    const { code, stderr } = await lab.run(verb, one.name, ...flags);
    // Its nodes may have noticed by now.
    expect([verb === 'status' || code === 0, stderr]).toEqual([true, expect.any(String)]);
    expect(stderr).not.toMatch(/Cannot lock|disk is full|ENOSPC/);
  });

  it('is as empty as before after all that', async () => {
    expect(await lab.leftovers(one.name)).toEqual([]);
    expect((await readdir(join(lab.home, 'data'))).sort()).toEqual(['filler', 'lost+found']);
  });
});

describe('files that somebody has spoilt', () => {
  let lab: Lab;
  let one: Standing;

  beforeAll(async () => {
    lab = await Lab.open();
    one = await Standing.begin(lab, lab.name());
    await one.write('before');
    await lab.json('down', one.name);
  });
  afterAll(() => lab?.clean());

  /** `up` refuses, with these words, and no file is another one than before. */
  async function expectRefused(words: readonly (string | RegExp)[]): Promise<void> {
    const before = await treeOf(one.path());
    const { code, stderr } = await lab.run('up', one.name);
    expect(code).not.toBe(0);
    for (const word of words) expect(stderr).toMatch(word);
    expect(await treeOf(one.path())).toEqual(before);
    expect(await lab.leftovers(one.name)).toEqual([]);
  }

  it('a data directory that cannot be written is named, with what to do', async () => {
    const [path, conf] = [one.path('redis-2', 'data'), one.confPath('sentinel-1')];
    await chmod(path, 0o500);
    await chmod(conf, 0o000);
    await expectRefused([
      path,
      'cannot write it',
      `chmod u+rwx ${path}`,
      conf,
      `chmod u+rw ${conf}`,
    ]);
    await chmod(path, 0o700);
    await chmod(conf, 0o600);
    await one.expectUp();
    await lab.json('down', one.name);
  });

  const SPOILT: readonly (readonly [string, string, (text: string) => string, RegExp])[] = [
    [
      'an unknown directive',
      'redis-3',
      (text) => `nonsense 1\n${text}`,
      /FATAL CONFIG FILE ERROR[\s\S]*nonsense 1/,
    ],
    ['an empty conf', 'redis-1', () => '', /it is empty/],
    ['half a conf', 'redis-2', (text) => text.slice(0, text.indexOf('\ndir ')), /no line `dir`/],
    [
      'no monitor line',
      'sentinel-2',
      (text) => text.replace(/^sentinel monitor .*\n/m, ''),
      /no line `sentinel monitor mymaster`/,
    ],
    [
      'a bad line of Sentinel',
      'sentinel-3',
      (text) => `${text}\nsentinel nonsense\n`,
      /sentinel nonsense/,
    ],
  ];

  it.each(SPOILT)(
    '%s in the conf of %s is named, and put right by hand it heals',
    async (_, node, spoil, says) => {
      const path = one.confPath(node);
      const before = await one.conf(node);
      await writeFile(path, spoil(before));
      await expectRefused([path, says]);
      await writeFile(path, before);
    },
  );

  it('heals once all confs are right again', async () => {
    await one.expectUp();
    await lab.json('down', one.name);
  });

  it('a conf that is a directory is named, and moved away it is written anew', async () => {
    const path = one.confPath('sentinel-1');
    await rename(path, `${path}.kept`);
    await mkdir(path);
    await expectRefused([path, 'no plain file']);
    await rmdir(path);
    await one.expectUp();
    expect(await readFile(path, 'utf8')).toContain('sentinel monitor mymaster');
    await lab.json('down', one.name);
  });

  it.each([
    ['no JSON', (text: string) => text.slice(0, 100)],
    ['no placement', (text: string) => text.replace('"placement"', '"misplacement"')],
    ['a port that is none', (text: string) => text.replace(/"port": \d+/, '"port": "many"')],
  ])('a record that has %s is named, and nothing is touched', async (_, spoil) => {
    const path = one.path('topology.json');
    const before = await readFile(path, 'utf8');
    await writeFile(path, spoil(before));
    await expectRefused([path, 'cannot be used']);
    const { code, stderr } = await lab.run('status', one.name);
    expect([code, stderr]).toEqual([2, expect.stringContaining(path)]);
    await writeFile(path, before);
  });

  it('heals once the record is right again', () => one.expectUp());
});

/** Every path below a directory, with what tells a file from another one and its content. */
async function treeOf(path: string): Promise<Record<string, string>> {
  // What was noted of files at rest is forgotten before anything starts that may write.
  const names = (await readdir(path, { recursive: true })).filter(
    (name) => !['at-rest.json', 'in-sync.json'].includes(name),
  );
  const rows = await Promise.all(
    names.map(async (name) => {
      const { mode, uid, ino } = await lstat(join(path, name));
      // The record is put back as it was where others have taken a port meanwhile.
      const file = name === 'topology.json' ? '' : ino;
      return [name, `${mode.toString(8)} ${uid} ${file}`] as const;
    }),
  );
  return Object.fromEntries(rows.filter(([name]) => !name.includes('/data/')));
}
