import { jest } from '@jest/globals';
import { type KilledVerb, Killing, SMALL } from '../helpers/killing.js';
import { KILL_SEED } from '../helpers/random-steps.js';

jest.setTimeout(7_200_000);

let killing: Killing;
beforeAll(async () => {
  killing = await Killing.open();
});
afterAll(() => killing?.close());

const MORE = ['--replicas', '2', '--sentinels', '5'];

/** By far the most steps: every node that stays learns of each that comes or goes. */
const VERBS: Readonly<Record<string, KilledVerb>> = {
  'scale to more': {
    args: (name) => ['scale', name, ...MORE],
    leaves: 'all',
    counts: ['2+3', '3+5'],
  },
  'scale to less': {
    before: (name) => killing.lab.json('scale', name, ...MORE),
    args: (name) => ['scale', name, ...SMALL],
    leaves: 'all',
    counts: ['2+3', '3+5'],
  },
};

describe(`rsent killed at random moments (RSENT_KILL_SEED=${KILL_SEED})`, () => {
  it.each(Object.entries(VERBS))(
    '%s is sorted out by the next up, and no acknowledged write is lost',
    (title, verb) => killing.trial(title, verb),
  );
});
