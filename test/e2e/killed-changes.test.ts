import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type KilledVerb, Killing, SMALL } from '../helpers/killing.js';
import { eventually } from '../helpers/lab.js';
import { KILL_SEED } from '../helpers/random-steps.js';

jest.setTimeout(7_200_000);

let killing: Killing;
beforeAll(async () => {
  killing = await Killing.open();
});
afterAll(() => killing?.close());

const json = (...args: readonly string[]) => killing.lab.json(...args);

const VERBS: Readonly<Record<string, KilledVerb>> = {
  set: {
    before: (name) => json('set', name, '--down-after', '2s', '--maxmemory', '64mb'),
    args: (name) => ['set', name, '--down-after', '3s', '--maxmemory', '80mb'],
    leaves: 'all',
  },
  'rotate-password': {
    args: (name) => ['rotate-password', name],
    leaves: 'all',
    flags: ['--acl'],
  },
  'rotate-certs': { args: (name) => ['rotate-certs', name], leaves: 'all', flags: ['--tls'] },
  'failover --manual': { args: (name) => ['failover', name, '--manual'], leaves: 'all' },
  failover: { args: (name) => ['failover', name, '--wait', '1'], leaves: 'all' },
};

describe(`rsent killed at random moments (RSENT_KILL_SEED=${KILL_SEED})`, () => {
  it.each(Object.entries(VERBS))(
    '%s is sorted out by the next up, and no acknowledged write is lost',
    (title, verb) => killing.trial(title, verb),
  );

  it('prune takes the rest when it runs again, and nothing of a topology beside it', async () => {
    const { lab } = killing;
    const [standing, gone] = [lab.name(), lab.name()];
    await json('up', standing, '--profile', 'ci', ...SMALL);
    const keys = await killing.written(standing, 'kept');
    const args = ['prune', gone, '--volumes', '--yes'];
    const orphan = async () => {
      await json('up', gone, '--profile', 'ci', ...SMALL);
      // Nobody answers for it any more.
      await rename(join(lab.home, 'data', gone), join(lab.home, `${gone}-${Date.now()}`));
    };
    await orphan();
    const moments = await killing.momentsOf('prune', args);
    for (const at of moments) {
      await orphan();
      await killing.kill(standing, args, at);
      // The lock of the killed one may be taken for held for some seconds.
      const again = async () => {
        expect({ at, ...(await lab.run(...args)) }).toMatchObject({ at, code: 0 });
        return lab.leftovers(gone);
      };
      await eventually(again, (left) => left.length === 0);
    }
    await lab.faultless(standing);
    await killing.expectData(standing, keys, { ms: 0 });
  });
});
