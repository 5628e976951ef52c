import { messageOf, RsentError } from '../model/errors.js';
import { harmless } from '../report/text.js';
import { asked } from './asked.js';
import { output } from './output.js';

/** What a failure is in JSON: the whole document, or what a document that has more adds of it. */
export interface ErrorDocument {
  readonly schemaVersion: 1;
  readonly error: { readonly kind: string; readonly message: string; readonly hint: string | null };
}

/** The JSON document of anything that was thrown. */
export function errorDocument(error: unknown): ErrorDocument {
  const known = knownOf(error);
  const kind = known?.kind ?? 'bug';
  return {
    schemaVersion: 1,
    error: { kind, message: messageOf(known ?? error), hint: known?.hint ?? null },
  };
}

/** Say on stderr what failed and what to do about it; where in the code only with `debug`. */
export function sayError(error: unknown, debug: boolean): void {
  const known = knownOf(error);
  const message = messageOf(known ?? error);
  output.say(harmless(known === undefined ? `rsent failed unexpectedly: ${message}` : message));
  if (known?.hint !== undefined) output.say(harmless(known.hint));
  if (debug && error instanceof Error) output.say(harmless(error.stack ?? ''));
  else if (known === undefined) output.say('Run it again with --debug to see where.');
}

/** What was thrown on purpose, about the topology that was asked for. */
function knownOf(error: unknown): RsentError | undefined {
  if (!(error instanceof RsentError)) return undefined;
  return asked.topology === undefined ? error : error.about(asked.topology);
}
