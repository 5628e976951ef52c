import { mkdir, writeFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { type NamedVerb, VERBS } from '../../src/cli/verbs.js';
import { writeRecord } from '../../src/host/data-home.js';
import { RsentError } from '../../src/model/errors.js';
import {
  allVerbs,
  type KnownVerb,
  loadEverything,
  type Ran,
  run,
} from '../helpers/command-line.js';
import { emptyEngine, FakeEngine, failingEngine } from '../helpers/fake-engine.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord } from '../helpers/topology.js';

beforeAll(loadEverything, 60_000);

const path = useTempDir();
let engine: FakeEngine | undefined;
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});

/** What a verb needs on its command line to get as far as its work. */
const ENOUGH: Readonly<Record<string, readonly string[]>> = {
  exec: ['--', 'true'],
  scale: ['--replicas', '4'],
  set: ['--quorum', '1'],
  upgrade: ['--image', 'redis:8.0'],
  down: ['--volumes', '--yes'],
  reset: ['--yes'],
  prune: ['--yes'],
  restore: ['--from', 'absent.tar'],
  'export compose': ['--to', 'absent/exported'],
};

const EXIT_CODES: Readonly<Record<string, number>> = {
  usage: 2,
  spec: 2,
  engine: 2,
  topology: 2,
  bug: 2,
  refused: 1,
  unhealthy: 1,
  interrupted: 130,
};

type Variables = Record<string, string>;

/** Every way to ask for JSON, and some that do not. */
const WAYS: readonly (readonly [
  string,
  boolean,
  (words: readonly string[]) => readonly string[],
  Variables,
])[] = [
  ['--json behind the verb', true, (words) => behind(words, '--json'), {}],
  ['--json before the verb', true, (words) => ['--json', ...words], {}],
  ['--json=true', true, (words) => behind(words, '--json=true'), {}],
  ['--json=YES before the verb', true, (words) => ['--json=YES', ...words], {}],
  ['RSENT_JSON=1', true, (words) => words, { RSENT_JSON: '1' }],
  ['RSENT_JSON=on', true, (words) => words, { RSENT_JSON: 'on' }],
  ['nothing', false, (words) => words, {}],
  ['--json=false', false, (words) => behind(words, '--json=false'), {}],
  ['--no-json over RSENT_JSON', false, (words) => ['--no-json', ...words], { RSENT_JSON: '1' }],
  ['RSENT_JSON=off', false, (words) => words, { RSENT_JSON: 'off' }],
];

/** How it is asked for makes a difference only while the words are read. */
const FEW = WAYS.filter(([way]) => /^(--json behind the verb|RSENT_JSON=1|nothing)$/.test(way));

function behind(words: readonly string[], flag: string): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? [...words, flag] : [...words.slice(0, end), flag, ...words.slice(end)];
}

interface Failure {
  readonly kind: string;
  readonly message: string;
}

/** The error on stdout, of one document; undefined where stdout is empty. */
function errorIn({ stdout }: Ran, verb: KnownVerb): Failure | undefined {
  if (stdout === '') return undefined;
  const document = JSON.parse(stdout) as { schemaVersion: number; error: Failure };
  expect(document.schemaVersion).toBe(1);
  // One in each line, the error too.
  if (verb.words[0] === 'logs') expect(stdout.split('\n')).toHaveLength(2);
  return document.error;
}

const called = ({ words }: KnownVerb) => words.join(' ');

/** The command line of a verb that goes as far as its work. */
const enough = (verb: KnownVerb) => {
  const more = ENOUGH[called(verb)] ?? [];
  const at = more.indexOf('--');
  const [own, rest] = at < 0 ? [more, []] : [more.slice(0, at), more.slice(at)];
  return [...verb.typed, ...own, ...rest];
};

/** Run every verb in every way to ask for JSON; its failures by verb, each way alike. */
async function failuresOf(
  wordsOf: (verb: KnownVerb) => readonly string[] | undefined,
  variables: Variables,
  ways: typeof WAYS = FEW,
): Promise<Map<string, string>> {
  const kinds = new Map<string, string>();
  for (const verb of await allVerbs()) {
    const words = wordsOf(verb);
    if (words === undefined) continue;
    for (const [way, wantsJson, typed, more] of ways) {
      const takesJson = 'json' in verb.options;
      // cli and exec have no such flag: it is a mistake of its own, and asked for all the same.
      const isOwnMistake = !takesJson && typed(words) !== words;
      const ran = await run(typed(words), {
        RSENT_DATA_DIR: path('home'),
        ...variables,
        ...more,
      });
      const where = `${called(verb)}, ${way}: ${ran.stdout}${ran.stderr}`;
      const error = errorIn(ran, verb);
      expect([where, error !== undefined]).toEqual([where, wantsJson]);
      expect([where, ran.stderr]).toEqual([where, expect.stringMatching(/\S/)]);
      expect([where, ran.code]).toEqual([
        where,
        EXIT_CODES[error?.kind ?? ''] ?? expect.any(Number),
      ]);
      expect([where, ran.code]).not.toEqual([where, 0]);
      expect([where, /\brsent [a-z-]+ NAME\b/.test(where)]).toEqual([where, false]);
      if (error === undefined || isOwnMistake) continue;
      expect(ran.stderr).toContain(error.message.split('\n')[0]);
      kinds.set(called(verb), error.kind);
    }
  }
  return kinds;
}

const withFile = (verb: KnownVerb, file: string) =>
  'file' in verb.options ? behind(enough(verb), `--file=${file}`) : undefined;

const withName = (words: readonly string[]) =>
  words.includes('--') ? [words[0] ?? '', 'lab', ...words.slice(1)] : [...words, 'lab'];

const start = async (answer: Parameters<typeof FakeEngine.start>[1]) => {
  engine = await FakeEngine.start(path('engine.sock'), answer);
  return { DOCKER_HOST: engine.endpoint };
};

const NOWHERE = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

/** Verbs that make something, find something, or need no topology at all. */
const MAKERS = ['up', 'restore', 'export compose', 'image pull', 'image build', 'init'];

describe('whatever fails, one document says so to who asks for it, and the exit code is that of its kind:', () => {
  it('an option that is not known', async () => {
    const kinds = await failuresOf((verb) => behind(enough(verb), '--bogus'), NOWHERE, WAYS);
    expect(new Set(kinds.values())).toEqual(new Set(['usage']));
    expect(kinds.size).toBe((await allVerbs()).length);
  }, 60_000);

  it('an option without its value', async () => {
    const kinds = await failuresOf((verb) => [...verb.typed, '--file'], NOWHERE);
    expect(new Set(kinds.values())).toEqual(new Set(['usage']));
  }, 60_000);

  it('a spec that says nonsense', async () => {
    await writeFile(path('bad.yaml'), 'replicas: many\nname: A B\n');
    const kinds = await failuresOf((verb) => withFile(verb, path('bad.yaml')), NOWHERE);
    expect(kinds.size).toBeGreaterThan(20);
    const others = [...kinds].filter(([, kind]) => kind !== 'spec');
    // It looks at its backup first, and there is none.
    expect(others).toEqual([['restore', 'usage']]);
  }, 60_000);

  it('a spec file that is not there', async () => {
    const kinds = await failuresOf((verb) => withFile(verb, path('absent.yaml')), NOWHERE);
    expect(new Set(kinds.values())).toEqual(new Set(['usage']));
  }, 60_000);

  it('an engine that cannot be reached', async () => {
    const kinds = await failuresOf(
      (verb) => (called(verb) === 'init' ? undefined : enough(verb)),
      NOWHERE,
    );
    const others = [...kinds].filter(([, kind]) => kind !== 'engine');
    // They look first at what is kept here, or at the file that they were given.
    expect(others).toEqual([
      ['connect', 'topology'],
      ['exec', 'topology'],
      ['start', 'topology'],
      ['restore', 'usage'],
      ['reset', 'topology'],
      ['export compose', 'usage'],
    ]);
  }, 60_000);

  it('an engine that fails', async () => {
    const variables = await start(failingEngine);
    const kinds = await failuresOf(
      (verb) => (called(verb) === 'init' ? undefined : enough(verb)),
      variables,
    );
    const others = [...kinds].filter(([, kind]) => kind !== 'engine');
    expect(others.map(([verb]) => verb)).toEqual(expect.arrayContaining(['connect', 'restore']));
    expect(others.filter(([, kind]) => kind === 'bug')).toEqual([]);
  }, 60_000);

  it('a topology that is not there', async () => {
    const variables = await start(emptyEngine);
    const isOther = (verb: KnownVerb) =>
      [...MAKERS, 'ls', 'prune', 'doctor', 'down'].includes(called(verb));
    const kinds = await failuresOf((verb) => (isOther(verb) ? undefined : enough(verb)), variables);
    expect(new Set(kinds.values())).toEqual(new Set(['topology']));
    expect(kinds.size).toBeGreaterThan(18);
  }, 60_000);

  it('a topology that is asleep, to verbs that need it awake', async () => {
    const variables = await start(emptyEngine);
    await mkdir(path('home/lab'), { recursive: true });
    await writeRecord(path('home'), aRecord());
    const expected = {
      kill: 'refused',
      pause: 'refused',
      resume: 'refused',
      cut: 'refused',
      heal: 'refused',
      stop: 'topology',
      exec: 'topology',
      'rotate-password': 'refused',
      scale: 'refused',
      backup: 'refused',
    };
    const kinds = await failuresOf(
      (verb) => (called(verb) in expected ? withName(enough(verb)) : undefined),
      variables,
    );
    expect(Object.fromEntries(kinds)).toEqual(expected);
  }, 60_000);

  it('and what is no failure of rsent, the truth that all is not well, is the one document itself', async () => {
    const variables = { ...(await start(emptyEngine)), RSENT_DATA_DIR: path('home') };
    await mkdir(path('home/lab'), { recursive: true });
    await writeRecord(path('home'), aRecord());
    for (const [, wantsJson, typed, more] of WAYS) {
      const ran = await run(typed(['status', 'lab']), { ...variables, ...more });
      expect([ran.code, ran.stderr]).toEqual([1, '']);
      if (wantsJson)
        expect(JSON.parse(ran.stdout)).toMatchObject({ schemaVersion: 1, healthy: false });
      else expect(() => JSON.parse(ran.stdout)).toThrow(SyntaxError);
    }
  }, 60_000);

  /** Each verb, and none, with a flag behind it, in the ways to ask for JSON. */
  const asking = async (flag: string) =>
    [[], ...(await allVerbs()).map(enough)].flatMap((words) =>
      (words.length === 0 ? WAYS : FEW).map(
        ([way, wantsJson, typed, more]) =>
          [`${words}, ${way}`, typed(behind(words, flag)), more, wantsJson] as const,
      ),
    );

  it('whoever asks which version it is gets a document, too', async () => {
    for (const [where, words, more, wantsJson] of await asking('--version')) {
      const { code, stdout, stderr } = await run(words, more);
      expect([where, code, stderr]).toEqual([where, 0, '']);
      if (!wantsJson) expect(stdout).toBe('0.1.0\n');
      else expect(JSON.parse(stdout)).toEqual({ schemaVersion: 1, version: '0.1.0' });
    }
  }, 60_000);

  it('help is for people, however it is asked for', async () => {
    for (const [where, words, more] of await asking('--help')) {
      // cli and exec have no --json, and say so.
      if (/^(cli|exec).*--json/.test(where)) continue;
      const { code, stdout, stderr } = await run(words, more);
      expect([where, code, stderr]).toEqual([where, 0, '']);
      expect([where, stdout]).toEqual([where, expect.stringMatching(/^rsent .*--help/s)]);
    }
  }, 60_000);

  it('what does not know the topology names it all the same', async () => {
    const hint = 'rsent status NAME shows it; rsent export compose NAME --to DIR, rsent up NAME.';
    const failure = () => new RsentError('engine', 'Not rsent start NAME.', { hint });
    const spy = jest
      .spyOn(VERBS.find(({ command }) => command === 'logs [where..]') as NamedVerb, 'load')
      .mockImplementation(async () => {
        const { logsCommand } = await import('../../src/cli/commands/logs.js');
        const { readWhere } = await import('../../src/cli/words.js');
        return (session) => ({
          ...logsCommand(session),
          handler: async (args) => {
            await readWhere(args);
            throw failure();
          },
        });
      });
    const text = await run(['logs', 'redis-1', 'lab']);
    const document = await run(['logs', 'redis-1', 'lab', '--json']);
    spy.mockRestore();
    expect(text.stderr).toBe(
      'Not rsent start lab.\nrsent status lab shows it; rsent export compose lab --to DIR, rsent up lab.\n',
    );
    expect(JSON.parse(document.stdout).error).toMatchObject({
      message: 'Not rsent start lab.',
      hint: expect.stringContaining('rsent up lab.'),
    });
  });

  // What the signal itself brings about, test/cli/every-wait-ends.test.ts shows of whole processes.
  it.each<[string, string, () => Error]>([
    [
      'rsent itself, at what nobody has thought of',
      'bug',
      () => new TypeError('rows.map is not a function'),
    ],
    [
      'a verb that was interrupted',
      'interrupted',
      () => new RsentError('interrupted', 'Interrupted.'),
    ],
  ])(
    '%s',
    async (_, kind, failure) => {
      const spies = VERBS.map((verb) => {
        const { load } = verb;
        return jest
          .spyOn(verb as { load: NamedVerb['load'] }, 'load')
          .mockImplementation(async () => {
            const make = await load();
            return (session, dashed) => ({
              ...make(session, dashed),
              handler: () => {
                throw failure();
              },
            });
          });
      });
      const isWhole = ({ words }: KnownVerb) => words.length === 1;
      const kinds = await failuresOf((verb) => (isWhole(verb) ? enough(verb) : undefined), NOWHERE);
      for (const spy of spies) spy.mockRestore();
      expect(new Set(kinds.values())).toEqual(new Set([kind]));
      expect(kinds.size).toBe(VERBS.length - 2);
    },
    60_000,
  );
});
