import { RsentError } from '../model/errors.js';
import type { Arguments } from './options.js';
import { output } from './output.js';

/** What data is to go, for the question and for the refusal. */
export interface Removal {
  /** `Remove lab and all its data?` */
  readonly question: string;
  /** `--volumes removes all data of lab`, said where nobody can be asked. */
  readonly consequence: string;
}

/** The flag of every verb that removes data. */
export const YES = { yes: { alias: 'y', type: 'boolean', describe: 'do not ask' } } as const;

/**
 * The user's leave to remove data: by --yes, or asked for on a terminal. Told when it is not given.
 * @throws RsentError `usage` where nobody can be asked
 */
export async function confirmed(args: Arguments, removal: Removal): Promise<boolean> {
  if (args['yes'] === true) return true;
  if (!process.stdin.isTTY) {
    throw new RsentError('usage', `${removal.consequence}, and nobody is here to be asked.`, {
      hint: 'Say --yes to go ahead. Nothing was removed.',
    });
  }
  const { confirm } = await import('./prompts.js');
  if (await confirm(removal.question)) return true;
  output.say('Nothing was removed.');
  return false;
}
