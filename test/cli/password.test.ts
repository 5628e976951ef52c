import { mkdir, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { givesPassword, readGivenPassword } from '../../src/cli/password.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') ?? {};
const before = process.env['RSENT_PASSWORD'];

beforeEach(() => {
  delete process.env['RSENT_PASSWORD'];
  setStdin('');
});
afterAll(() => {
  Object.defineProperty(process, 'stdin', stdin);
  if (before !== undefined) process.env['RSENT_PASSWORD'] = before;
});

/** No terminal, with this to read from it. */
function setStdin(content: string): void {
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([content]) });
}

async function file(content: string): Promise<string> {
  await writeFile(path('secret'), content);
  return path('secret');
}

/** All that an error could show of it. */
async function toldBy(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
  } catch (error) {
    expect(error).toMatchObject({ name: 'RsentError', kind: 'usage' });
    const { message, hint, stack, cause } = error as Error & { hint?: string };
    return [message, hint, stack, String(cause)].join('\n');
  }
  throw new Error('the password was taken');
}

describe('where a password comes from', () => {
  it('is nowhere when nothing was said', async () => {
    expect(givesPassword({})).toBe(false);
    expect(givesPassword({ askPassword: false })).toBe(false);
    expect(await readGivenPassword({})).toBeUndefined();
  });

  it('is the file', async () => {
    const args = { passwordFile: await file('from-file\n') };
    expect(givesPassword(args)).toBe(true);
    expect(await readGivenPassword(args)).toBe('from-file');
  });

  it('is what is piped in for -', async () => {
    setStdin('from-stdin\n');
    expect(await readGivenPassword({ passwordFile: '-' })).toBe('from-stdin');
  });

  it('is the environment', async () => {
    process.env['RSENT_PASSWORD'] = 'from-environment';
    expect(givesPassword({})).toBe(true);
    expect(await readGivenPassword({})).toBe('from-environment');
  });

  it('is not an empty variable', async () => {
    process.env['RSENT_PASSWORD'] = '';
    expect(givesPassword({})).toBe(false);
    expect(await readGivenPassword({})).toBeUndefined();
  });

  it('is the file before the question, and both before the environment', async () => {
    process.env['RSENT_PASSWORD'] = 'from-environment';
    const passwordFile = await file('from-file');
    expect(await readGivenPassword({ passwordFile, askPassword: true })).toBe('from-file');
    expect(await readGivenPassword({ passwordFile })).toBe('from-file');
    await expect(readGivenPassword({ askPassword: true })).rejects.toThrow('--ask-password');
  });

  it('is no question where nobody can be asked', async () => {
    expect(givesPassword({ askPassword: true })).toBe(true);
    await expect(readGivenPassword({ askPassword: true })).rejects.toMatchObject({
      kind: 'usage',
      message: '--ask-password: nobody is here to be asked.',
      hint: expect.stringContaining('--password-file'),
    });
  });

  it('is no file that is not there', async () => {
    process.env['RSENT_PASSWORD'] = 'from-environment';
    await expect(readGivenPassword({ passwordFile: path('absent') })).rejects.toMatchObject({
      kind: 'usage',
      message: `--password-file: ${path('absent')} does not exist.`,
    });
  });

  it('is no directory', async () => {
    await mkdir(path('directory'));
    await expect(readGivenPassword({ passwordFile: path('directory') })).rejects.toThrow(
      path('directory'),
    );
  });

  it('is not passed over in silence when it is given twice', async () => {
    const passwordFile = [await file('from-file'), path('other')];
    await expect(readGivenPassword({ passwordFile })).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('the line end of a file', () => {
  it.each([
    ['none', 'a-password'],
    ['that of Unix', 'a-password\n'],
    ['that of Windows', 'a-password\r\n'],
  ])('is not part of the password: %s', async (_, content) => {
    expect(await readGivenPassword({ passwordFile: await file(content) })).toBe('a-password');
    setStdin(content);
    expect(await readGivenPassword({ passwordFile: '-' })).toBe('a-password');
  });

  it.each([
    ['two of them', 'a-password\n\n'],
    ['a second line', 'a-password\nanother-one\n'],
    ['a space before it', 'a-password \n'],
    ['a space in front', ' a-password\n'],
    ['a carriage return alone', 'a-password\r'],
    ['a byte order mark', '\ufeffa-password\n'],
  ])('is taken off once, and nothing else: %s', async (_, content) => {
    const told = await toldBy(readGivenPassword({ passwordFile: await file(content) }));
    expect(told).toMatch(/its character number \d+ may not be in it/);
  });

  it('is all that an empty file has', async () => {
    expect(await toldBy(readGivenPassword({ passwordFile: await file('\n') }))).toContain(
      'it has 0 characters',
    );
  });
});

describe('a password that cannot be used', () => {
  it.each([
    ['too short', 'Tr0ub4d'],
    ['too long', 'Tr0ub4dor'.repeat(20)],
    ['with a quote', 'Tr0ub4dor"x'],
    ['with a letter beyond ASCII', 'Tr0ub4dorß'],
  ])('is in no error text, wherever it came from: %s', async (_, password) => {
    const passwordFile = await file(`${password}\n`);
    const fromFile = await toldBy(readGivenPassword({ passwordFile }));
    expect(fromFile).toContain(`The password from ${passwordFile} cannot be used`);
    setStdin(password);
    const fromStdin = await toldBy(readGivenPassword({ passwordFile: '-' }));
    process.env['RSENT_PASSWORD'] = password;
    const fromEnvironment = await toldBy(readGivenPassword({}));
    expect(fromEnvironment).toContain('The password from RSENT_PASSWORD cannot be used');
    for (const told of [fromFile, fromStdin, fromEnvironment]) {
      expect(told).not.toContain('Tr0ub4d');
      expect(told).toContain('legal is 8 to 128');
      expect(told).toContain('Nothing was done.');
    }
  });
});
