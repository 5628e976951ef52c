import { parse } from '../../src/cli/parse.js';
import type { Session } from '../../src/cli/session.js';
import { Pending } from '../../src/flow/pending.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();

/** What the command line is refused with. */
async function refusal(...argv: string[]): Promise<unknown> {
  const session: Session = {
    signal: new AbortController().signal,
    exitCode: 0,
    onlyLooking: false,
    isTold: false,
    pending: new Pending(),
    giveUp: () => undefined,
    endings: [],
  };
  return parse(argv, session).then(
    () => 'taken',
    (error: unknown) => error,
  );
}

describe('connect', () => {
  it.each([
    ['a client that nobody knows', ['--client', 'perl'], '--client is "perl".'],
    ['two clients', ['--client', 'env', '--client', 'uri'], '--client can be given once'],
    [
      'a map where there is none',
      ['--client', 'jedis', '--nat'],
      '--nat is for ioredis and node-redis',
    ],
    ['a word too many', ['another'], '"another" is one word too many'],
    ['what follows two dashes', ['--', 'true'], 'Nothing may follow --'],
    ['a name that is none', [], 'keeps no topology named "lab"'],
  ])('refuses %s', async (_, words, message) => {
    const argv = ['connect', 'lab', '--data-dir', path()];
    const at = words[0] === '--' ? argv.length : 2;
    expect(await refusal(...argv.slice(0, at), ...words, ...argv.slice(at))).toMatchObject({
      message: expect.stringContaining(message),
    });
  });
});

describe('exec', () => {
  it.each([
    ['nothing to run', ['lab'], 'needs a command to run'],
    ['nothing after the dashes', ['lab', '--'], 'needs a command to run'],
    ['a command without the dashes', ['lab', 'npm', 'test'], 'stands behind two dashes'],
    ['a name that could be none', ['../lab', '--', 'true'], '../lab'],
  ])('refuses %s', async (_, words, message) => {
    expect(await refusal('exec', ...words)).toMatchObject({
      message: expect.stringContaining(message),
    });
  });
});
