import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { durationFlag, nameOf, readName, readSaid, resolveSaid } from '../../src/cli/inputs.js';
import { useTempDir } from '../helpers/temp.js';
import { aSpec } from '../helpers/topology.js';

const path = useTempDir();

async function file(source: string): Promise<string> {
  await writeFile(path('rsent.yaml'), source);
  return path('rsent.yaml');
}

const specOf = async (args: Record<string, unknown>) =>
  resolveSaid(await readSaid(args), undefined).spec;

describe('readSaid', () => {
  it('takes texts of flags for numbers where numbers are wanted, and nowhere else', async () => {
    const spec = await specOf({
      replicas: '4',
      sentinels: '5',
      quorum: '3',
      redisPort: '7000',
      name: '123',
    });
    expect(spec).toMatchObject({ replicas: 4, sentinels: 5, quorum: 3, name: '123' });
    expect(spec.redisPorts).toEqual({ first: 7000, named: true });
  });

  it.each(['', ' ', '0x10', '1e3', 'many', '٣'])(
    'does not take %j for a number',
    async (replicas) => {
      await expect(specOf({ replicas })).rejects.toThrow('--replicas is');
    },
  );

  it('lets a flag win over the file', async () => {
    const spec = await specOf({ file: await file('replicas: 4\nquorum: 1\n'), replicas: '1' });
    expect(spec).toMatchObject({ replicas: 1, quorum: 1 });
  });

  it('reports the problems of flags and file at once', async () => {
    const args = { file: await file('quorum: x\nbogus: 1\n'), replicas: '-1' };
    await expect(specOf(args)).rejects.toThrow(
      /3 problems[\s\S]*--replicas is -1[\s\S]*rsent\.yaml:1: quorum[\s\S]*rsent\.yaml:2: bogus/,
    );
  });

  it('does not know a file that is not there', async () => {
    await expect(readSaid({ file: path('absent.yaml') })).rejects.toMatchObject({ kind: 'usage' });
  });

  it('looks for templates from where they were named', async () => {
    const fromFile = await specOf({ file: await file('templates: mine\n') });
    expect(fromFile.templates).toBe(path('mine'));
    expect((await specOf({ templates: 'mine' })).templates).toBe(resolve('mine'));
  });

  it('still refuses an empty templates directory', async () => {
    await expect(specOf({ templates: '' })).rejects.toThrow('--templates is ""');
  });
});

describe('resolveSaid', () => {
  it('lets what exists stand in for the defaults', async () => {
    const existing = aSpec({ replicas: 5 });
    const { spec } = resolveSaid(await readSaid({ masterName: 'other' }), existing);
    expect(spec).toMatchObject({ replicas: 5, masterName: 'other', timing: existing.timing });
  });
});

describe('the name', () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    ['of the flag', { name: 'a' }, 'name: b\n', 'a'],
    ['of the file', {}, 'name: b\n', 'b'],
    ['by default', {}, 'replicas: 2\n', 'rsent'],
  ])('is that %s', async (_, args, source, name) => {
    const all = { ...args, file: await file(source) };
    expect(nameOf(await readSaid(all))).toBe(name);
    expect(await readName(all)).toBe(name);
  });

  it.each(['../x', 'A', '-x', ''])('is refused when it could be none: %j', async (name) => {
    await expect(readName({ name })).rejects.toMatchObject({ kind: 'spec' });
  });

  it('is not taken from a file that has other problems', async () => {
    await expect(readName({ file: await file('name: b\nreplicas: x\n') })).rejects.toThrow(
      'replicas',
    );
  });
});

describe('durationFlag', () => {
  it.each<[Record<string, unknown>, number]>([
    [{}, 60_000],
    [{ timeout: '5s' }, 5000],
    [{ timeout: '250' }, 250],
  ])('of %j is %d ms', (args, ms) => {
    expect(durationFlag(args, 'timeout', 60_000)).toBe(ms);
  });

  it.each(['soon', '', '0', '-1s'])('refuses %j', (timeout) => {
    expect(() => durationFlag({ timeout }, 'timeout', 1)).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining('--timeout is') }),
    );
  });
});
