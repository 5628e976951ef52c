import { readRecord, writeRecord } from '../host/data-home.js';
import { dropNextSecrets, keepNextSecrets, type NextSecrets } from '../host/next-secrets.js';
import { messageOf, RsentError } from '../model/errors.js';
import { type Rotating, type TopologyRecord, withUnfinished } from '../model/topology.js';
import type { Context } from './context.js';

/** What the user is told of a rotation that was cut short. */
const WHAT: Readonly<Record<Rotating, string>> = {
  password: 'Some nodes may know the new password already; the one that is kept opens all of them.',
  certificates: 'Some nodes may have new certificates already; clients believe all of them.',
};

/** What an unfinished rotation is called. */
const NAMES: Readonly<Record<Rotating, string>> = {
  password: 'change of the password',
  certificates: 'renewal of the certificates',
};

/**
 * One rotation at a time: what an unfinished one changes to is kept until it has ended.
 * @throws RsentError `refused` when one of the other kind was cut short
 */
export function requireNoOther({ spec, unfinished }: TopologyRecord, what: Rotating): void {
  const other = unfinished?.rotating;
  if (other === undefined || other === what) return;
  throw new RsentError('refused', `Not now: a ${NAMES[other]} of ${spec.name} was cut short.`, {
    hint: `Nothing was done. rsent up ${spec.name} completes it.`,
  });
}

/**
 * Do a rotation that is in the record from before it begins until it has ended. What it changes to
 * is kept beside the data meanwhile, so that `rsent up` can end it.
 * @param next nothing where it can be made again at any time
 * @param act is given the record that says so: by it, two passwords at a time are as they should be
 * @throws RsentError with what `act` threw, and what is to be done then
 */
export async function rotating<T>(
  context: Context,
  name: string,
  what: Rotating,
  next: NextSecrets,
  act: (record: TopologyRecord) => Promise<T>,
): Promise<T> {
  await keepNextSecrets(context.home, name, next);
  const begun = await mark(context, name, what);
  const given = await act(begun).catch((error: unknown) => {
    throw unfinished(context, name, what, error);
  });
  await mark(context, name, undefined);
  await dropNextSecrets(context.home, name);
  return given;
}

async function mark(
  { home }: Context,
  name: string,
  what: Rotating | undefined,
): Promise<TopologyRecord> {
  // Another verb may have written it since: only this one word of it is changed.
  const record = await readRecord(home, name);
  if (record === undefined) throw new RsentError('bug', `${name} has no record any more.`);
  const now = marked(record, what);
  await writeRecord(home, now);
  return now;
}

function marked(record: TopologyRecord, what: Rotating | undefined): TopologyRecord {
  const { rotating: _, ...left } = record.unfinished ?? {};
  return withUnfinished(record, what === undefined ? left : { ...left, rotating: what });
}

function unfinished(
  { progress, signal }: Context,
  name: string,
  what: Rotating,
  error: unknown,
): unknown {
  progress.failed();
  const hint = `Unfinished: ${WHAT[what]} rsent up ${name} completes it.`;
  if (signal.aborted) {
    progress.note(hint);
    return error;
  }
  // What is said of an attempt that failed before it began is not true here.
  const kind = error instanceof RsentError && error.kind !== 'refused' ? error.kind : 'unhealthy';
  return new RsentError(kind, messageOf(error), { hint, cause: error });
}
