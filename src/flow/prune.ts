import { dirname, join } from 'node:path';
import type { ContainerFacts } from '../engine/engine.js';
import {
  foreignRecordStateAt,
  isDirectory,
  recordStateAt,
  removeFromHome,
  sizeOf,
  topologyDirectories,
} from '../host/left-behind.js';
import type { Release } from '../host/lock.js';
import { knownOrigin } from '../host/origin.js';
import { LABEL, LABEL_SCHEMA } from '../model/constants.js';
import { messageOf, RsentError } from '../model/errors.js';
import type { Kept, Orphan, PruneDecision, RecordState } from '../model/prune.js';
import { decidePrune, pruneSteps } from '../plan/prune.js';
import { claimedDirectories } from '../plan/prune-claims.js';
import type { PruneFacts, PruneScene } from '../plan/prune-facts.js';
import type { Context } from './context.js';
import { lockFor } from './exclusive.js';
import { sharesFiles } from './shared-files.js';
import { stopAndRemove } from './stop.js';
import { inMemoryOnly } from './without-record.js';

/** More files than this are not counted for a size. */
const COUNTED_FILES = 10_000;

export interface PruneOptions {
  /** The one topology that it is about; absent: all of them. */
  readonly only?: string;
  /** Remove data, too. */
  readonly volumes: boolean;
}

export interface PruneResult {
  readonly removed: readonly Orphan[];
  /** What could not be removed, and why. */
  readonly failed: readonly Kept[];
  /** What was shown and is left, as it has changed meanwhile. */
  readonly changed: readonly Kept[];
}

/** Find what belongs to no living topology. Nothing is changed. */
export async function lookForOrphans(
  context: Context,
  options: PruneOptions,
): Promise<PruneDecision> {
  return underLocks(context, options, async (decision) => {
    const sized = await Promise.all(decision.found.map(withSize));
    const isMeant = new Set(decision.remove.map(keyOf));
    return { ...decision, found: sized, remove: sized.filter((each) => isMeant.has(keyOf(each))) };
  });
}

/**
 * Remove what was shown, as far as it still belongs to nobody. A failure of one keeps none of the
 * others, except for the directories of a topology of which a container is still there.
 * @throws RsentError `interrupted` between two steps; what is left then is found again
 */
export async function removeOrphans(
  context: Context,
  options: PruneOptions,
  shown: readonly Orphan[],
): Promise<PruneResult> {
  return underLocks(context, options, async ({ remove }) => {
    const isStill = new Set(remove.map(keyOf));
    const changed = shown
      .filter((each) => !isStill.has(keyOf(each)))
      .map((each) => told(each, 'it is gone, or no longer nobody’s; look again'));
    const steps = pruneSteps(shown.filter((each) => isStill.has(keyOf(each))));
    context.progress.stage('Removing');
    const done = await carryOut(context, steps);
    context.progress.done(`Removed ${done.removed.length} of ${shown.length}`);
    return { changed, ...done };
  });
}

async function carryOut(
  context: Context,
  steps: readonly (readonly Orphan[])[],
): Promise<Pick<PruneResult, 'removed' | 'failed'>> {
  const removed: Orphan[] = [];
  const failed: Kept[] = [];
  for (const group of steps) {
    if (context.signal.aborted) throw interrupted(removed.length);
    const used = new Set(
      failed.flatMap(({ kind, topology }) => (kind === 'container' ? (topology ?? []) : [])),
    );
    const one = async (orphan: Orphan) => {
      try {
        if (orphan.kind === 'directory' && used.has(orphan.topology ?? ''))
          throw new RsentError('topology', 'a container that may use it is still there');
        await removeOne(context, orphan);
        removed.push(orphan);
      } catch (error) {
        failed.push(told(orphan, messageOf(error)));
      }
    };
    await Promise.all(group.map(one));
  }
  return { removed, failed };
}

/** By the engine's own id, so that nothing that has taken its name since is meant. */
async function removeOne({ engine, home }: Context, orphan: Orphan): Promise<void> {
  const { kind, id, state = 'running', way = [] } = orphan;
  if (kind === 'container') return stopAndRemove(engine, { name: id, state });
  if (kind === 'network') return engine.removeNetwork(id);
  if (kind === 'volume') return engine.removeVolume(id);
  return removeFromHome(home, way);
}

/** Look while no other rsent changes what is looked at, and do something about it. */
async function underLocks<T>(
  context: Context,
  options: PruneOptions,
  act: (decision: PruneDecision) => Promise<T>,
): Promise<T> {
  const names = new Set(claimedDirectories(await look(context, options)).values());
  const locks = await lockAll(context, [...names]);
  try {
    const facts = await gather(context, options, new Set(locks.keys()));
    return await act(decidePrune(facts, options.volumes));
  } finally {
    await Promise.all([...locks.values()].map((release) => release()));
  }
}

/** The locks of those that no other rsent works on. */
async function lockAll(context: Context, names: readonly string[]): Promise<Map<string, Release>> {
  // Nobody works in a data home that is not there, and looking makes none.
  const isThere = await isDirectory(context.home);
  const lock = (name: string) => (isThere ? lockFor(context, name) : async () => {});
  const taken = await Promise.allSettled(
    names.map(async (name) => [name, await lock(name)] as const),
  );
  const locks = taken.flatMap((each) => {
    const [name, release] = each.status === 'fulfilled' ? each.value : [];
    return name === undefined || release === undefined ? [] : [[name, release] as const];
  });
  const failure = taken.find((each) => each.status === 'rejected');
  if (failure === undefined) return new Map(locks);
  await Promise.all(locks.map(([, release]) => release()));
  throw failure.reason;
}

async function look(context: Context, { only }: PruneOptions): Promise<PruneScene> {
  const { engine, home } = context;
  const ours = { [LABEL.schema]: LABEL_SCHEMA };
  const [origin, containers, networks, volumes, directories] = await Promise.all([
    knownOrigin(context.state),
    engine.containers(ours),
    engine.networks(),
    engine.volumes(ours),
    topologyDirectories(home),
  ]);
  const scene = {
    ...{ home, local: false, now: Date.now(), shared: new Set<string>() },
    ...(only === undefined ? {} : { only }),
    ...(origin === undefined ? {} : { origin }),
    ...{ containers, networks, volumes, directories },
  };
  const [shared, inMemory] = await Promise.all([
    sharedHomes(context, scene),
    inMemoryIn(context, containers),
  ]);
  return { ...scene, shared, inMemory, local: shared.has(home) };
}

/** Of each topology by itself: one that has its files says nothing about another. */
async function inMemoryIn(
  context: Context,
  containers: readonly ContainerFacts[],
): Promise<Set<string>> {
  const groups = new Map<string, ContainerFacts[]>();
  for (const each of containers) {
    const directory = each.labels[LABEL.directory] ?? '';
    groups.set(directory, [...(groups.get(directory) ?? []), each]);
  }
  const found = await Promise.all([...groups.values()].map((all) => inMemoryOnly(context, all)));
  return new Set(found.flat());
}

/** Of the data homes that labels name, and of this one: those that the engine and this process see alike. */
async function sharedHomes(context: Context, scene: PruneScene): Promise<Set<string>> {
  const named = [...claimedDirectories(scene).keys()].map((directory) => dirname(directory));
  const homes = [...new Set([context.home, ...named])];
  const tried = await Promise.all(
    homes.map(async (home) => ((await sharesFiles(context, home)) === 'shared' ? [home] : [])),
  );
  return new Set(tried.flat());
}

/**
 * The records are read last: whoever makes something has written its record before.
 * @param held names whose locks are ours; of any other topology of this data home nothing is known
 */
async function gather(
  context: Context,
  options: PruneOptions,
  held: ReadonlySet<string>,
): Promise<PruneFacts> {
  const scene = await look(context, options);
  const states = [...claimedDirectories(scene)].map(
    async ([directory, name]): Promise<[string, RecordState]> => {
      if (directory !== join(context.home, name))
        return [directory, await foreignRecordStateAt(directory)];
      return [directory, held.has(name) ? await recordStateAt(directory) : { kind: 'busy' }];
    },
  );
  return { ...scene, records: new Map(await Promise.all(states)) };
}

async function withSize(orphan: Orphan): Promise<Orphan> {
  if (orphan.kind !== 'directory') return orphan;
  const bytes = await sizeOf(orphan.id, COUNTED_FILES);
  return bytes === undefined ? orphan : { ...orphan, bytes };
}

function keyOf({ kind, id }: Orphan): string {
  return `${kind} ${id}`;
}

function told({ kind, name, topology }: Orphan, why: string): Kept {
  return { kind, name, why, ...(topology === undefined ? {} : { topology }) };
}

function interrupted(count: number): RsentError {
  return new RsentError('interrupted', `Interrupted after ${count} removed.`, {
    hint: 'What is left is found again: rsent prune.',
  });
}
