import type { KeepConf, RestoreConf } from '../model/change.js';
import { RsentError } from '../model/errors.js';
import { copyOf, restoredConf } from '../plan/kept-copy.js';
import { identityFor } from './context.js';
import type { StepWorld } from './step-world.js';

/** Keep a copy of a conf beside it. */
export async function keepConf(step: KeepConf, { files, record }: StepWorld): Promise<void> {
  const text = await files.readText(step.path);
  if (text === undefined) throw new RsentError('topology', `There is no ${step.path}.`);
  const { user, chown } = identityFor(record.placement);
  const owner = chown ? [user] : [];
  await files.replaceFile(step.copy, copyOf(text, step.image), 0o600, ...owner);
}

/** Put the copy in its place; whom a data node follows stays as it is. */
export async function restoreConf(step: RestoreConf, { files }: StepWorld): Promise<void> {
  const copy = await files.readText(step.copy);
  if (copy === undefined) throw new RsentError('topology', `There is no ${step.copy}.`);
  const kind = step.path.endsWith('/sentinel.conf') ? 'sentinel' : 'redis';
  await files.editFile(step.path, (present) => restoredConf(copy, present, kind));
}
