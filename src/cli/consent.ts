import { RsentError } from '../model/errors.js';
import type { Arguments } from './options.js';

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
 * Ask for the user's leave to remove data, unless --yes gives it.
 * @throws RsentError `refused` when the answer is no, `usage` where nobody can be asked
 */
export async function requireConsent(args: Arguments, removal: Removal): Promise<void> {
  if (args['yes'] === true) return;
  if (!process.stdin.isTTY) {
    throw new RsentError('usage', `${removal.consequence}, and nobody is here to be asked.`, {
      hint: 'Say --yes to go ahead. Nothing was removed.',
    });
  }
  const { confirm } = await import('./prompts.js');
  if (!(await confirm(removal.question))) throw new RsentError('refused', 'Nothing was removed.');
}
