import type { Plan, Step } from '../model/plan.js';
import { isOff, type NodePlacement, ofKind, sameAddress, withLeaving } from '../model/topology.js';
import type { Rest } from './at-rest.js';
import { type Holding, type Lead, leadOf, type Memory, type Standing } from './lead.js';
import type { Tail } from './tails.js';
import { goesOn, type UpFacts } from './up-facts.js';
import { wakeSteps } from './up-start.js';

/** What was found of the data of all data nodes that count, by node name. */
export interface Holdings {
  readonly disks: ReadonlyMap<string, Holding>;
  /** Of those in whose container something runs, and whose disk does not tell enough. */
  readonly memories: ReadonlyMap<string, Memory>;
  /** Nodes whose conf makes them keep an append-only file. */
  readonly appendOnly: ReadonlySet<string>;
  /** The ends of the append-only files of the last master and of those that followed it last. */
  readonly tails?: ReadonlyMap<string, Tail>;
  /** What is remembered of those that were stopped, and have files now. */
  readonly rest?: ReadonlyMap<string, Rest>;
}

/** Facts with whoever is to be master in them, or why nothing may start. */
export type Led =
  | { readonly is: 'ready'; readonly facts: UpFacts }
  /** Another node is to be master: all that runs ends first, then all is looked at again. */
  | { readonly is: 'calm-first'; readonly plan: Plan; readonly facts: UpFacts }
  /** Nodes without files are paused or on no network: what they have is known once they are back. */
  | { readonly is: 'wake-first'; readonly plan: Plan; readonly facts: UpFacts }
  | Extract<Lead, { is: 'nobody' }>;

/**
 * Decide who is to be master by what every data node has. Where that is another one than the last,
 * its conf and those of all others must say so, which can be done only while none of them runs.
 */
export function withLead(facts: UpFacts, holdings: Holdings): Led {
  const standings = standingsOf(facts, holdings);
  const seedless = rebuiltFromNobody(facts, standings, holdings);
  if (seedless !== undefined) return seedless;
  const lead = leadOf(standings, facts.master, facts.record.proven === true);
  if (lead.is === 'nobody') return wokenFirst(facts, lead) ?? lead;
  const lacking = standings.filter(lacks).map(({ node }) => node.name);
  if (lead.is === 'last') return { is: 'ready', facts: withRemade({ ...facts, lacking }) };
  const led = withRemade({ ...facts, lacking, ...promoted(facts, lead) });
  const plan = calmPlan(facts);
  if (plan.steps.length === 0) return { is: 'ready', facts: led };
  const containers = new Map([...facts.containers].map(([name]) => [name, 'exited' as const]));
  return { is: 'calm-first', plan, facts: { ...led, containers, cut: new Set() } };
}

/**
 * The same with every replica remade whose process goes on without its directory: it could never store what
 * its master sends it. What it has in its memory it would lose to its master at any rate, so the
 * master must have files, or run with them.
 */
export function withRemade(facts: UpFacts): UpFacts {
  const { bare, strayed, cut, containers, master, rebuilding = [], lacking = [] } = facts;
  const isMaster = ({ address }: NodePlacement) => sameAddress(address, master);
  const astray = ofKind(facts.record.placement.nodes, 'redis').filter(
    (node) => bare?.has(node.name) && goesOn(node, facts),
  );
  if (astray.some(isMaster)) return facts;
  const names = astray
    .map(({ name }) => name)
    // One that runs where others reach it may have been made a master.
    .filter((name) => strayed?.has(name) || cut.has(name) || containers.get(name) === 'paused');
  return {
    ...facts,
    rebuilding: new Set([...rebuilding, ...names]),
    lacking: [...lacking, ...names],
  };
}

/** A process that is paused or cut off still has its memory, and tells of it once it is back. */
function wokenFirst(
  facts: UpFacts,
  { unasked = [] }: Extract<Lead, { is: 'nobody' }>,
): Extract<Led, { is: 'wake-first' }> | undefined {
  const names = unasked.map(({ name }) => name);
  const nodes = withLeaving(facts.record).placement.nodes.filter(({ name }) =>
    names.includes(name),
  );
  const steps = nodes.flatMap((node) => wakeSteps(node, facts));
  if (steps.length === 0) return undefined;
  const containers = new Map(facts.containers);
  for (const name of names) containers.set(name, 'running');
  const cut = new Set([...facts.cut].filter((name) => !names.includes(name)));
  const plan: Plan = { version: 1, topology: facts.record.spec.name, steps };
  return { is: 'wake-first', plan, facts: { ...facts, containers, cut } };
}

/** Who gives up data of its own for that of others needs another one that has some. */
function rebuiltFromNobody(
  { rebuilding }: UpFacts,
  standings: readonly Standing[],
  { disks, memories }: Holdings,
) {
  const all = [...(rebuilding ?? [])];
  const names = all.filter((name) => {
    const isBare = ['nothing', 'empty'].includes(disks.get(name)?.is ?? 'nothing');
    return !isBare || !['no-keys', undefined].includes(memories.get(name));
  });
  const others = standings.filter(({ node }) => !all.includes(node.name));
  const hasData = others.some(({ disk, memory }) => disk.is === 'data' || memory === 'keys');
  if (names.length === 0 || hasData) return undefined;
  return {
    is: 'nobody',
    why: `${names.join(', ')} cannot be rebuilt: no other data node has data`,
    fix: `Its files are as they were. The server's own tool may mend them (redis-check-aof --fix); or rsent restore OTHER --from FILE makes a topology of a backup.`,
  } as const;
}

/** A node that joins counts for nothing: what an earlier one of its name had is not asked for. */
function standingsOf(
  facts: UpFacts,
  { disks, memories, appendOnly, tails, rest }: Holdings,
): Standing[] {
  const { nodes } = withLeaving(facts.record).placement;
  const { joining = [] } = facts.record.unfinished ?? {};
  return ofKind(nodes, 'redis')
    .filter(({ name }) => !joining.includes(name))
    .map((node) => {
      const { name } = node;
      const isRebuilt = facts.rebuilding?.has(name) === true;
      return {
        node,
        disk: isRebuilt ? { is: 'nothing' } : (disks.get(name) ?? { is: 'nothing' }),
        memory: isRebuilt ? undefined : memoryOf(node, facts, memories),
        stays: goesOn(node, facts),
        appendOnly: appendOnly.has(name),
        tail: isRebuilt ? undefined : tails?.get(name),
        rest: isRebuilt ? undefined : rest?.get(name),
      };
    });
}

function memoryOf(
  { name }: NodePlacement,
  { containers }: UpFacts,
  memories: ReadonlyMap<string, Memory>,
): Memory | undefined {
  const state = containers.get(name);
  return state === undefined || isOff(state) ? undefined : (memories.get(name) ?? 'unknown');
}

/** It starts, and has to be given all of it by its master. */
function lacks({ disk, stays, appendOnly }: Standing): boolean {
  return disk.is === 'nothing' && appendOnly && !stays;
}

function promoted(
  { record, master, epochs }: UpFacts,
  { node, bytes, missing, wasMaster }: Extract<Lead, { is: 'other' }>,
): Partial<UpFacts> {
  const all = withLeaving(record).placement.nodes;
  const last = all.find(({ address }) => sameAddress(address, master));
  // A later epoch than anyone has: whoever is killed before all confs say it is believed (sentinel.c).
  const epoch = Math.max(epochs.config, epochs.current) + 1;
  return {
    master: node.address,
    epochs: { config: epoch, current: epoch },
    promoted: { from: last?.name ?? 'the last master', to: node.name, bytes, missing, wasMaster },
  };
}

/**
 * Sentinels at once, so that nobody fails over; then the last master, which from 7.0 on waits until its
 * replicas have all (server.c, prepareForShutdown); then they, too.
 */
function calmPlan({ record, containers, master }: UpFacts): Plan {
  const running = withLeaving(record).placement.nodes.filter(
    ({ name }) => !isOff(containers.get(name) ?? 'exited'),
  );
  const kills = ofKind(running, 'sentinel').map(
    ({ name, container }): Step => ({
      ...{ kind: 'kill-container', id: `kill:${name}`, after: [], container },
    }),
  );
  const data = ofKind(running, 'redis');
  const isMaster = ({ address }: NodePlacement) => sameAddress(address, master);
  const [first, others] = [data.filter(isMaster), data.filter((node) => !isMaster(node))];
  const stop = (node: NodePlacement, before: readonly string[]): Step => ({
    ...{ kind: 'stop-container', id: `stop:${node.name}`, container: node.container },
    after: [...kills.map(({ id }) => id), ...before],
  });
  const ends = first.map((node) => stop(node, []));
  const stops = [
    ...ends,
    ...others.map((node) =>
      stop(
        node,
        ends.map(({ id }) => id),
      ),
    ),
  ];
  return { version: 1, topology: record.spec.name, steps: [...kills, ...stops] };
}
