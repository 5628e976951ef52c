import { jest } from '@jest/globals';
import { readTyped } from '../../src/cli/typed.js';
import {
  allVerbs,
  type KnownVerb,
  loadEverything,
  type Ran,
  run,
} from '../helpers/command-line.js';

beforeAll(loadEverything, 60_000);

const NOWHERE = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

/** What only the words of a library would say. */
const LIBRARY =
  /unexpectedly|Not enough|non-option|Unknown argument|Invalid|undefined|\bnull\b|TypeError|YError|ENOENT|EISDIR|Cannot read prop|choices/i;

/** It was understood that this is a mistake of the user's, and said which. */
function expectUsage(ran: Ran, typed: readonly string[], said: string): void {
  const where = typed.join(' ');
  expect([where, ran.code]).toEqual([where, 2]);
  expect([where, ran.stderr]).toEqual([where, expect.stringContaining(said)]);
  expect([where, ran.stderr]).toEqual([where, expect.not.stringMatching(LIBRARY)]);
  expect([where, ran.stdout]).toEqual([where, '']);
}

/** Each option of each verb, with how it is typed: by its name and by its letter. */
async function options() {
  return (await allVerbs()).flatMap((verb) =>
    Object.entries(verb.options).map(([name, option]) => ({ verb, name, option })),
  );
}

const valued = async () => (await options()).filter(({ option }) => option.type !== 'boolean');

/** What has been run as a whole: the words are read by one function for all options of a verb. */
const whole = new Set<string>();

/** That the words are refused for that; once for each verb and kind of mistake by a whole run. */
async function attempt(verb: KnownVerb, more: readonly string[], said: string): Promise<void> {
  const typed = [...verb.typed, ...more];
  const where = typed.join(' ');
  expect([where, readTyped(typed, verb.options).problems.join('\n')]).toEqual([
    where,
    expect.stringContaining(said),
  ]);
  const kind = `${verb.words.join(' ')} ${more.length} ${said.replace(/-[a-zA-Z-]+/g, '').slice(0, 20)}`;
  if (whole.has(kind)) return;
  whole.add(kind);
  expectUsage(await run(typed, NOWHERE), typed, said);
}

describe('what is mistyped is answered in plain words, with exit code 2:', () => {
  it('an option without its value, at the end, before another and before the dashes', async () => {
    const all = await valued();
    expect(all.length).toBeGreaterThan(180);
    for (const { verb, name, option } of all) {
      const { alias } = option;
      await attempt(verb, [`--${name}`], `--${name} needs a value: ${option.describe}`);
      await attempt(verb, [`--${name}`, '--debug'], `--${name} needs a value`);
      const { problems } = readTyped([`--${name}`, '--', 'x'], verb.options);
      expect(problems).toEqual([expect.stringContaining(`--${name} needs a value`)]);
      if (typeof alias === 'string') await attempt(verb, [`-${alias}`], `-${alias} needs a value`);
    }
  }, 120_000);

  it('an empty value', async () => {
    for (const { verb, name, option } of await valued()) {
      if (option.mayBeEmpty) continue;
      await attempt(verb, [`--${name}=`], `--${name} is empty`);
    }
  }, 120_000);

  it('an option that is given twice', async () => {
    for (const { verb, name, option } of await valued()) {
      if (option.repeatable) continue;
      await attempt(verb, [`--${name}=1`, `--${name}`, '2'], `--${name} can be given once`);
    }
  }, 120_000);

  it('an option that is taken back though it has a value', async () => {
    for (const { verb, name } of await valued()) {
      await attempt(verb, [`--no-${name}`], `--no-${name} is no option`);
    }
  }, 120_000);

  it('an option with a letter too few, which is named', async () => {
    for (const { verb, name } of await options()) {
      if (name.length < 5 || name === 'debug') continue;
      const typed = `${name.slice(0, 2)}${name.slice(3)}`;
      if (typed in verb.options) continue;
      await attempt(
        verb,
        [`--${typed}=1`],
        `"--${typed}" is no option of this verb (did you mean --`,
      );
    }
  }, 120_000);

  it('words behind two dashes, where a verb has no use for them', async () => {
    for (const verb of await allVerbs()) {
      if (['cli', 'exec'].includes(verb.words[0] ?? '')) continue;
      const typed = [...verb.typed, '--', 'x'];
      expectUsage(await run(typed, NOWHERE), typed, 'Nothing may follow --');
    }
  }, 60_000);

  it('words that no verb takes', async () => {
    for (const verb of await allVerbs()) {
      await attempt(verb, ['--='], '"--" is no option');
      await attempt(verb, ['-Z'], '"-Z" is no option');
      await attempt(verb, ['--toString', '--__proto__.x=1'], '"--toString" is no option');
    }
  }, 60_000);

  it.each<[string, readonly string[], string]>([
    ['a command that is empty', ['exec', 'x', '--', ''], 'rsent exec needs a command to run'],
    [
      'a target that is missing',
      ['kill'],
      'rsent kill needs a word more: rsent kill <target> [name].',
    ],
    ['a name too much', ['status', 'a', 'b'], '"b" is one word too many for rsent status [name].'],
    [
      'a command of redis-cli without the dashes',
      ['cli', 'demo', 'GET', 'a'],
      'rsent cli demo -- GET a',
    ],
    ['one without a topology', ['cli', 'GET', 'a'], 'rsent cli -- GET a'],
    ['a command without the dashes', ['exec', 'demo', 'echo', 'hi'], 'rsent exec demo -- echo hi'],
    ['a verb that there is not', ['stauts'], 'Did you mean rsent status?'],
    ['nothing', [], 'Say what to do'],
    [
      'a file that is a directory',
      ['up', '-f', '/'],
      '--file: / is a directory; a file was expected.',
    ],
    ['a file that is a device', ['up', '-f', '/dev/zero'], '--file: /dev/zero is no plain file'],
    [
      'a password in a directory',
      ['up', '--password-file', '/'],
      '--password-file: / is a directory',
    ],
    [
      'an authority that is a device',
      ['doctor', '--sentinel', 'h:1', '--tls-ca', '/dev/zero'],
      '--tls-ca: /dev/zero is no plain file',
    ],
    ['stdin for two', ['up', '-f', '-', '--password-file', '-'], 'are both stdin'],
    ['a client that nobody knows', ['connect', 'x', '--client', 'perl'], '--client is "perl"'],
  ])('%s', async (_, typed, said) => {
    expectUsage(await run(typed, NOWHERE), typed, said);
  });

  it.each(['bogus', 'http//x', 'tcp://', 'unix://', 'ftp://x', '://', 'tcp://a:99999', 'ssh://'])(
    'DOCKER_HOST=%s',
    async (host) => {
      const ran = await run(['status', 'x'], { DOCKER_HOST: host });
      expectUsage(ran, [host], 'DOCKER_HOST');
    },
  );
});

it('is said plainly in a directory that somebody has removed', async () => {
  const cwd = jest.spyOn(process, 'cwd').mockImplementation(() => {
    throw new Error('ENOENT: no such file or directory, uv_cwd');
  });
  try {
    for (const args of [['ls'], ['up', 'x']]) {
      const { code, stderr } = await run(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^The directory that rsent is run in is gone\.\nNothing was done/);
    }
  } finally {
    cwd.mockRestore();
  }
});
