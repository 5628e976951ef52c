import inquirer from 'inquirer';
import { RsentError } from '../model/errors.js';
import type { Answers } from '../report/spec-file.js';
import { FIELDS, type FieldName, PROFILES } from '../spec/fields.js';

export const DEFAULT_ANSWERS: Answers = {
  name: 'rsent',
  profile: 'dev',
  replicas: 2,
  sentinels: 3,
  masterName: 'mymaster',
};

/** Ask yes or no; no is the default. */
export async function confirm(message: string): Promise<boolean> {
  const { yes } = await orInterrupted(
    inquirer.prompt<{ yes: boolean }>([{ type: 'confirm', name: 'yes', message, default: false }]),
  );
  return yes;
}

/** Ask for something that must not be seen. */
export async function askSecret(message: string): Promise<string> {
  const { secret } = await orInterrupted(
    inquirer.prompt<{ secret: string }>([{ type: 'password', name: 'secret', message, mask: '*' }]),
  );
  return secret;
}

/** Ask what a new topology should be. Each answer is checked as the spec file will be. */
export async function askAnswers(): Promise<Answers> {
  const { name, profile, replicas, sentinels, masterName } = DEFAULT_ANSWERS;
  const questions = inquirer.prompt<Answers>([
    {
      type: 'input',
      name: 'name',
      message: 'Name of the topology',
      default: name,
      validate: legal('name'),
    },
    {
      type: 'select',
      name: 'profile',
      message: 'How soon should a lost master be noticed?',
      default: profile,
      choices: [
        { value: PROFILES[1], name: 'after 5 s   (dev: to try things out)' },
        { value: PROFILES[2], name: 'after 2 s   (ci: for test suites)' },
        { value: PROFILES[0], name: 'after 30 s  (seed: Sentinel’s own default)' },
      ],
    },
    {
      type: 'number',
      name: 'replicas',
      message: 'Replicas',
      default: replicas,
      validate: legal('replicas'),
    },
    {
      type: 'number',
      name: 'sentinels',
      message: 'Sentinels (odd, at least 3)',
      default: sentinels,
      validate: oddCount,
    },
    {
      type: 'input',
      name: 'masterName',
      message: 'Name under which clients ask for the master',
      default: masterName,
      validate: legal('masterName'),
    },
  ]);
  return orInterrupted(questions);
}

/** Ctrl-C at a question is an answer, not a failure. */
function orInterrupted<T>(questions: Promise<T>): Promise<T> {
  return questions.catch((error: unknown) => {
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new RsentError('interrupted', 'Interrupted. Nothing was done.', { cause: error });
  });
}

function legal(field: FieldName): (value: unknown) => true | string {
  return (value) => {
    const checked = FIELDS[field].safeParse(value);
    return checked.success ? true : `legal is ${checked.error.issues[0]?.message}`;
  };
}

function oddCount(value: unknown): true | string {
  const checked = legal('sentinels')(value);
  if (checked !== true) return checked;
  const count = Number(value);
  return count >= 3 && count % 2 === 1 ? true : 'legal is an odd number of at least 3';
}
