import { SWITCHES } from '../../src/cli/front.js';
import { readSaid } from '../../src/cli/inputs.js';
import { FIELDS } from '../../src/spec/fields.js';
import { fileLayer } from '../../src/spec/file-layer.js';
import { checkLayer } from '../../src/spec/layers.js';
import { allVerbs, loadEverything, run } from '../helpers/command-line.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const UNKNOWN = ['n', 'nope', 'y', '2', 'maybe', 'True!'];
const NOWHERE = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

const switchesOf = async () =>
  (await allVerbs()).flatMap(({ typed, options }) =>
    Object.entries(options)
      .filter(([, { type }]) => type === 'boolean')
      .map(([name, option]) => ({ typed, name, option })),
  );

beforeAll(loadEverything, 60_000);

describe('an option that is on or off', () => {
  it('takes no value that means neither, on any verb, by flag or variable', async () => {
    const switches = await switchesOf();
    expect(switches.length).toBeGreaterThan(80);
    for (const [i, { typed, name }] of switches.entries()) {
      const value = UNKNOWN[i % UNKNOWN.length] ?? '';
      const variable = `RSENT_${name.toUpperCase().replaceAll('-', '_')}`;
      const flag = await run([...typed, `--${name}=${value}`], NOWHERE);
      expect([flag.code, flag.stderr]).toEqual([
        2,
        expect.stringContaining(`--${name} is "${value}"`),
      ]);
      const set = await run([...typed], { ...NOWHERE, [variable]: value });
      expect([set.code, set.stderr]).toEqual([
        2,
        expect.stringContaining(`${variable} is "${value}"`),
      ]);
      for (const { stdout, stderr } of [flag, set]) {
        expect(stdout).toBe('');
        expect(stderr).toContain('legal is true or false, yes or no, on or off, 1 or 0');
      }
    }
  });

  it('does not repeat what may be a password', async () => {
    const flag = await run(['up', '--auth=s3cret-word'], NOWHERE);
    const variable = await run(['up'], { ...NOWHERE, RSENT_ACL: 's3cret-word' });
    const { layer } = fileLayer('auth: s3cret-word\nacl: s3cret-word\n', 'f.yaml');
    const { problems } = checkLayer(layer);
    const words = [flag.stderr, variable.stderr, ...problems];
    expect(words).toHaveLength(4);
    for (const each of words) {
      expect(each).toContain('--password-file');
      expect(each).not.toContain('s3cret');
    }
  });

  it('may stand before the verb: every one of them is known there', async () => {
    const names = (await switchesOf()).map(({ name }) => name);
    expect(new Set([...names, 'help', 'version'])).toEqual(new Set(SWITCHES));
  });

  it('is on or off for all verbs that have it', async () => {
    const others = (await allVerbs()).flatMap(({ options }) =>
      Object.entries(options).filter(([, { type }]) => type !== 'boolean'),
    );
    const names = new Set<string>(SWITCHES);
    expect(others.map(([name]) => name).filter((name) => names.has(name))).toEqual([]);
  });

  it('does not take the next word for its value in silence', async () => {
    const { code, stderr } = await run(['down', '--volumes', '--yes', 'off'], NOWHERE);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--yes=off')]);
  });

  it('cannot be on and off', async () => {
    const { code, stderr } = await run(['up', '--auth', '--no-auth'], NOWHERE);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--auth is said to be on and off')]);
  });

  it('is off in no other way than it is on: --no-x=yes', async () => {
    const { code, stderr } = await run(['up', '--no-auth=yes'], NOWHERE);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--no-auth takes no value')]);
  });

  it('is not off where a password is given', async () => {
    const { problems } = await readSaid({ auth: false, askPassword: true });
    expect(problems).toEqual([expect.stringContaining('--auth is off, and a password is given')]);
    expect((await readSaid({ askPassword: true })).problems).toEqual([]);
  });
});

describe('removing data', () => {
  /** What it comes to: it would be asked for, or it is on its way. */
  const outcome = async (argv: readonly string[], variables = {}) => {
    const all = { ...NOWHERE, RSENT_DATA_DIR: path('home'), ...variables };
    const { stderr } = await run(argv, all);
    if (stderr.includes('nobody is here to be asked')) return 'asks';
    return stderr.includes('No Docker Engine') ? 'goes ahead' : stderr;
  };

  it.each(['yes', 'ON', '1', 'true', 'True'])('goes ahead with %s', async (value) => {
    expect(await outcome(['down', 'x', '--volumes', `--yes=${value}`])).toBe('goes ahead');
    expect(await outcome(['down', 'x', '--volumes', `-y=${value}`])).toBe('goes ahead');
    expect(await outcome(['down', 'x', '--volumes'], { RSENT_YES: value })).toBe('goes ahead');
  });

  it.each(['no', 'OFF', '0', 'false', 'False'])('asks with %s', async (value) => {
    expect(await outcome(['down', 'x', '--volumes', `--yes=${value}`])).toBe('asks');
    expect(await outcome(['down', 'x', '--volumes', `-y=${value}`])).toBe('asks');
    expect(await outcome(['down', 'x', '--volumes'], { RSENT_YES: value })).toBe('asks');
  });

  it('asks where a flag says off and the variable on', async () => {
    expect(await outcome(['down', 'x', '--volumes', '--no-yes'], { RSENT_YES: '1' })).toBe('asks');
  });
});

describe('a spec file', () => {
  const said = (value: string) => checkLayer(fileLayer(`auth: ${value}\n`, 'rsent.yaml').layer);

  it.each(['true', 'yes', 'On', '1', '"yes"'])('is on with %s', (value) => {
    expect(said(value)).toEqual({ input: { auth: true }, problems: [] });
  });

  it.each(['false', 'no', 'OFF', '0'])('is off with %s', (value) => {
    expect(said(value)).toEqual({ input: { auth: false }, problems: [] });
  });

  it('is refused with anything else, for every such key', () => {
    const keys = Object.entries(FIELDS)
      .filter(([, field]) => field.safeParse('off').data === false)
      .map(([key]) => key);
    expect(keys).toEqual(['auth', 'acl', 'tls', 'allowUnsafe']);
    for (const value of ['maybe', '2', '~', '[yes]', '{}', '""']) {
      for (const key of keys) {
        const { problems } = checkLayer(fileLayer(`${key}: ${value}\n`, 'f').layer);
        expect(problems).toEqual([
          expect.stringMatching(new RegExp(`^f:1: ${key} is .*legal is true or`)),
        ]);
      }
    }
  });
});
