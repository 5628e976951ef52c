import type { ContainerFacts } from '../engine/engine.js';
import { expectRecord } from '../health/expect.js';
import { isInDanger, lostAtRest, restingMaster } from '../health/judge-files.js';
import { parseRedis } from '../health/parse-info.js';
import { parseHandedOut } from '../health/parse-sentinel.js';
import type { Access } from '../model/access.js';
import { RsentError } from '../model/errors.js';
import type { RedisObservation } from '../model/observation.js';
import {
  type Address,
  fromHere,
  isOn,
  ofKind,
  type SeenState,
  type TopologyRecord,
} from '../model/topology.js';
import type { Ending } from '../plan/at-rest.js';
import { readNode, seenState, topologyLabels } from '../plan/labels.js';
import { ownContainers } from '../plan/ownership.js';
import { REDIS_QUESTIONS } from '../redis/ask.js';
import type { Command } from '../redis/client.js';
import { Clients } from '../redis/clients.js';
import type { Context } from './context.js';
import { accessTo, findKnown } from './find.js';
import type { Target } from './observe.js';
import { onDisk } from './on-disk.js';
import { observerOf, recordTargets } from './targets.js';

/**
 * Make sure that data is left in files when all nodes of a topology end. Files that were removed under
 * a server are there until it ends. Little is asked where nothing is wrong.
 * @param containers of the topology, as the engine has just listed them
 * @returns what was seen of those that are about to end
 * @throws RsentError `refused` when data would be lost; nothing was done then
 */
export async function rejectOnlyInMemory(
  context: Context,
  record: TopologyRecord,
  containers: readonly ContainerFacts[],
): Promise<Ending> {
  const look = new BriefLook(context, record, containers, await accessTo(context.home, record));
  const [nodes, told] = await look.all();
  if (isInDanger(nodes)) await rejectLost(context, record.spec.name);
  const on = nodes.filter(({ container }) => isOn(container));
  const ran = new Set(on.map(({ name }) => name));
  return { ran, ...restingMaster(expectRecord(record), nodes, told) };
}

/**
 * The same before all nodes are made again.
 * @throws RsentError `refused` when data would be lost; nothing was done then
 */
export async function rejectUnsaved(context: Context, record: TopologyRecord): Promise<void> {
  const labelled = await context.engine.containers(topologyLabels(record.spec.name));
  await rejectOnlyInMemory(context, record, ownContainers(labelled, record).own);
}

/** What decides whether data would be lost, asked of data nodes; and whom Sentinels name as the master. */
class BriefLook {
  readonly #clients = new Clients();
  readonly #files;
  readonly #targets: readonly Target[];
  readonly #containers: readonly ContainerFacts[];
  readonly #masterName: string;
  readonly #access: Access;

  constructor(
    { home, files }: Context,
    record: TopologyRecord,
    containers: readonly ContainerFacts[],
    access: Access,
  ) {
    this.#files = files.of(record);
    this.#targets = recordTargets(record, home);
    this.#containers = containers;
    this.#masterName = record.spec.masterName;
    this.#access = access;
  }

  async all(): Promise<[RedisObservation[], Address[]]> {
    const data = ofKind(this.#targets, 'redis').map((target) => this.#dataNode(target));
    const sentinels = ofKind(this.#targets, 'sentinel').map((target) => this.#named(target));
    try {
      return [await Promise.all(data), (await Promise.all(sentinels)).flat()];
    } finally {
      this.#clients.close();
    }
  }

  async #dataNode(target: Target): Promise<RedisObservation> {
    const container = this.#stateOf(target);
    const client = this.#clients.at(fromHere(target.published), this.#access.redis);
    const answer =
      container === 'running'
        ? parseRedis(await client.ask(REDIS_QUESTIONS))
        : ({ reached: false, why: `its container is ${container}` } as const);
    const seen = { name: target.name, kind: 'redis', container, answer } as const;
    const { dataDirectory, confFile } = target;
    if (!isOn(container) || dataDirectory === undefined || confFile === undefined) return seen;
    const facts = answer.reached ? answer.facts : undefined;
    const data = await onDisk({ dataDirectory, confFile }, this.#files, facts);
    return { ...seen, ...(data && { onDisk: data }) };
  }

  /** Whom a Sentinel names; nobody where it does not answer. */
  async #named(target: Target): Promise<Address[]> {
    if (this.#stateOf(target) !== 'running') return [];
    const client = this.#clients.at(fromHere(target.published), this.#access.sentinel);
    const question: Command = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.#masterName];
    const named = parseHandedOut((await client.ask({ address: question })).address);
    return named === undefined ? [] : [named];
  }

  #stateOf({ name }: Target): SeenState {
    const found = this.#containers.find((each) => readNode(each)?.name === name);
    return found === undefined ? 'absent' : seenState(found);
  }
}

/** All is looked at: what a replica has in its files counts only while it is in sync. */
async function rejectLost(context: Context, name: string): Promise<void> {
  const { expectation, observer } = observerOf(context, await findKnown(context, name));
  try {
    const lost = lostAtRest(expectation, await observer.look({ files: true }));
    if (lost === undefined) return;
    const nodes = lost.nodes.join(', ');
    const [has, its] = lost.nodes.length === 1 ? ['has', 'its'] : ['have', 'their'];
    const reason = {
      gone: `${its} files are gone`,
      unwritten: `the last write to ${its} files failed, or they are gone`,
      unsaved: 'appendonly is off',
    }[lost.why];
    const data = lost.why === 'gone' ? `${its} data` : 'data';
    const what = `${has} ${data} in memory only: ${reason}`;
    throw new RsentError('refused', `${nodes} ${what}, and it would be lost.`, {
      hint: `Nothing was done. This puts it into files again: ${lost.wayOut}. To give it up: rsent down ${name} --volumes.`,
    });
  } finally {
    observer.close();
  }
}
