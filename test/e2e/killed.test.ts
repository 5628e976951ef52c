import { jest } from '@jest/globals';
import { type KilledVerb, Killing, SMALL } from '../helpers/killing.js';
import { KILL_SEED } from '../helpers/random-steps.js';

jest.setTimeout(7_200_000);

let killing: Killing;
beforeAll(async () => {
  killing = await Killing.open();
});
afterAll(() => killing?.close());

const VERBS: Readonly<Record<string, KilledVerb>> = {
  'up of one that sleeps': {
    before: (name) => killing.lab.json('down', name),
    args: (name) => ['up', name],
    leaves: 'all',
  },
  'up --recreate': { args: (name) => ['up', name, '--recreate'], leaves: 'all' },
  reset: { args: (name) => ['reset', name, '--yes'], leaves: 'all or nothing' },
  down: { args: (name) => ['down', name], leaves: 'all' },
  stop: { args: (name) => ['stop', name], leaves: 'all' },
};

describe(`rsent killed at random moments (RSENT_KILL_SEED=${KILL_SEED})`, () => {
  it.each(Object.entries(VERBS))(
    '%s is sorted out by the next up, and no acknowledged write is lost',
    (title, verb) => killing.trial(title, verb),
  );

  it('up of a new topology is sorted out by the next up, or by down, which leaves nothing', async () => {
    const { lab } = killing;
    const name = lab.name();
    const args = ['up', name, '--profile', 'ci', ...SMALL];
    const moments = await killing.momentsOf('up of a new topology', args);
    await lab.json('down', name, '--volumes', '--yes');
    for (const [i, at] of moments.entries()) {
      await killing.kill(name, args, at);
      if (i % 2 === 0) expect(await lab.json(...args)).toMatchObject({ healthy: true });
      const down = await lab.run('down', name, '--volumes', '--yes');
      expect({ at, ...down }).toMatchObject({ at, code: 0 });
      expect({ at, left: await lab.leftovers(name) }).toEqual({ at, left: [] });
    }
  });

  it('restore is ended by the next up, or by the same restore where up says so, with all data', async () => {
    const { lab } = killing;
    const [name, from] = [lab.name(), lab.name()];
    await lab.json('up', from, '--profile', 'ci', ...SMALL);
    const keys = await killing.written(from, 'kept');
    const { file } = await lab.json<{ file: string }>('backup', from);
    await lab.json('down', from, '--volumes', '--yes');
    const args = ['restore', name, '--from', file];
    const moments = await killing.momentsOf('restore', args);
    await lab.json('down', name, '--volumes', '--yes');
    for (const at of moments) {
      await killing.kill(name, args, at);
      const up = await lab.run('up', name);
      if (up.code !== 0) {
        expect({ at, said: up.stderr }).toMatchObject({
          said: expect.stringContaining('was being restored'),
        });
        expect({ at, ...(await lab.run(...args)) }).toMatchObject({ at, code: 0 });
      }
      await killing.expectData(name, keys, at);
      await lab.faultless(name);
      expect(await lab.run('down', name, '--volumes', '--yes')).toMatchObject({ code: 0 });
      expect({ at, left: await lab.leftovers(name) }).toEqual({ at, left: [] });
    }
  });
});
