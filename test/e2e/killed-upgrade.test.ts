import { jest } from '@jest/globals';
import { Killing } from '../helpers/killing.js';
import { KILL_SEED } from '../helpers/random-steps.js';

jest.setTimeout(7_200_000);

let killing: Killing;
beforeAll(async () => {
  killing = await Killing.open();
});
afterAll(() => killing?.close());

it(`upgrade, killed at random moments (RSENT_KILL_SEED=${KILL_SEED}), is sorted out by the next up, and no acknowledged write is lost`, () =>
  killing.trial('upgrade', {
    args: async (name) => ['upgrade', name, '--image', await killing.otherImage(name)],
    leaves: 'all',
  }));
