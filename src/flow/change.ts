import { expectRecord } from '../health/expect.js';
import { writeRecord } from '../host/data-home.js';
import { messageOf, RsentError } from '../model/errors.js';
import { isLiveInSentinel, passedToRedis, redisSettings, type Setting } from '../model/settings.js';
import type { Further, TopologySpec } from '../model/spec.js';
import { ofKind, type TopologyRecord } from '../model/topology.js';
import type { Context } from './context.js';
import type { Known } from './find.js';
import { becomeHealthy, requireHealthy } from './healthy.js';
import type { Observer, Target } from './observe.js';
import { requireRoom } from './room.js';
import { observerOf } from './targets.js';
import { Refusal, type Told, tellRedis, tellSentinel } from './tell.js';
import { usualValues } from './usual-values.js';
import { throwIfInterrupted } from './wait.js';

/** What another setting may mend: a master with no memory left is given more by this very change. */
const MENDED = ['memory-full', 'writes-refused', 'setting-differs'];

/**
 * Change settings of a running topology on every node: all of them, or none. The record comes
 * first, so that `up` goes on with what somebody has killed in between.
 * @param spec that of the record with other settings; a directive to be taken away is given no times
 * @throws RsentError `refused` when the topology is not healthy, or a node does not take a setting;
 * `unhealthy` when it did not become healthy with it. Nothing is changed then.
 */
export async function changeLive(
  context: Context,
  known: Known & { readonly record: TopologyRecord },
  spec: TopologySpec,
  timeoutMs: number,
): Promise<TopologyRecord> {
  const { record } = known;
  const changed = { ...record, spec };
  const { expectation, targets, observer } = observerOf(context, { ...known, record: changed });
  const told: Told[] = [];
  try {
    await requireHealthy(context, observer, expectRecord(record), MENDED);
    requireNoRestart(record.spec, spec);
    const wanted = await toTell(context, changed);
    const settings = wanted.filter((each) => !isKept(each.name, record.spec, spec));
    await requireRoom(observer, targets, settings);
    context.progress.stage('Telling every node');
    await writeRecord(context.home, changed);
    try {
      await tellAll(context, observer, targets, record.spec, spec, settings, told);
      context.progress.stage('Waiting for every node to agree');
      await becomeHealthy(context, observer, expectation, timeoutMs, '');
    } catch (error) {
      context.progress.failed();
      throw await takenBack(context, record, told, error);
    }
    context.progress.done('Every node has the new settings, and keeps them in its conf');
    return await settled(context, changed);
  } finally {
    observer.close();
  }
}

/** What data nodes are to be told: what the spec says, and what is usual for what it no longer says. */
export async function toTell(context: Context, { spec }: TopologyRecord): Promise<Setting[]> {
  const dropped = Object.entries(passedToRedis(spec)).flatMap(([name, texts]) =>
    texts.length === 0 ? [name] : [],
  );
  const usual = await usualValues(context, spec.image.ref, dropped);
  return [...redisSettings(spec), ...usual];
}

/** True for a directive that is passed through as before: it may be one that no node takes live. */
function isKept(name: string, before: TopologySpec, spec: TopologySpec): boolean {
  const [was, now] = [before.further.redis, spec.further.redis].map((directives) =>
    Object.hasOwn(directives, name) ? JSON.stringify(directives[name]) : undefined,
  );
  return now !== undefined && was === now;
}

/** The record without the directives that are taken away everywhere now. */
export async function settled(context: Context, record: TopologyRecord): Promise<TopologyRecord> {
  const further = withoutDropped(record.spec.further);
  if (JSON.stringify(further) === JSON.stringify(record.spec.further)) return record;
  const done = { ...record, spec: { ...record.spec, further } };
  await writeRecord(context.home, done);
  return done;
}

function withoutDropped({ redis, sentinel }: Further): Further {
  const given = (directives: Further['redis']) =>
    Object.fromEntries(Object.entries(directives).filter(([, texts]) => texts.length > 0));
  return { redis: given(redis), sentinel: given(sentinel) };
}

/** A Sentinel reads most directives only as it starts. */
function requireNoRestart(before: TopologySpec, { name, further: { sentinel } }: TopologySpec) {
  const old = before.further.sentinel;
  const needing = Object.keys(sentinel).filter(
    (each) =>
      !isLiveInSentinel(each) && JSON.stringify(old[each]) !== JSON.stringify(sentinel[each]),
  );
  if (needing.length === 0) return;
  throw new RsentError('refused', `Sentinel reads ${needing.join(', ')} only when it starts.`, {
    hint: `Nothing was changed. ${otherWays(name)}`,
  });
}

/** How a setting comes into force that no server takes while it runs. */
function otherWays(name: string): string {
  return `With new containers: rsent up ${name} with this and --recreate. Or while it sleeps: rsent down ${name}, this command, rsent up ${name}.`;
}

async function tellAll(
  { signal }: Context,
  observer: Observer,
  targets: readonly Target[],
  before: TopologySpec,
  spec: TopologySpec,
  settings: readonly Setting[],
  told: Told[],
): Promise<void> {
  for (const node of ofKind(targets, 'sentinel')) {
    throwIfInterrupted(signal);
    await tellSentinel({ name: node.name, client: observer.client(node) }, before, spec, told);
  }
  for (const node of ofKind(targets, 'redis')) {
    throwIfInterrupted(signal);
    await tellRedis({ name: node.name, client: observer.client(node) }, settings, told);
  }
}

/** Put back what was told, last thing first, and then the record; gives the error to throw. */
async function takenBack(
  context: Context,
  record: TopologyRecord,
  told: readonly Told[],
  error: unknown,
): Promise<Error> {
  const { name } = record.spec;
  const problems: string[] = [];
  for (const each of [...told].reverse()) {
    await each.takeBack?.().catch((reason: unknown) => {
      problems.push(`${each.node}: ${each.name}: ${messageOf(reason)}`);
    });
  }
  await writeRecord(context.home, record);
  const cause = error instanceof Error ? error : new Error(messageOf(error));
  const rest =
    problems.length === 0
      ? 'Nothing was changed: every node has its settings of before.'
      : `Not all could be put back (${problems.join('; ')}): rsent up ${name} does it.`;
  const hint = cause instanceof Refusal ? `${rest} ${otherWays(name)}` : rest;
  const kind = cause instanceof RsentError ? cause.kind : 'refused';
  return new RsentError(kind, cause.message, { hint, cause });
}
