import { Reorder } from '../logs/order.js';
import type { NodeLine } from '../model/log.js';
import type { ContainerState, RunningNode } from '../model/topology.js';
import type { Context } from './context.js';
import { isOfOneLog, type LineTaker, type LogSource } from './log-sources.js';
import { waitFor } from './wait.js';

/** For how long a line is held back, in case one that was written before it is late (ms). */
export const WINDOW_MS = 250;
const LOOK_EVERY_MS = 250;
const TAKE_EVERY_MS = 25;

/** A container that can have written something since it was last read. */
const WRITES: readonly ContainerState[] = ['running', 'paused', 'restarting'];

/** What is to be followed. */
export interface Followed {
  /** By the ids of their containers. */
  readonly containers: Map<string, LogSource>;
  readonly files: readonly LogSource[];
  /** The nodes that have a container now. */
  readonly list: () => Promise<readonly RunningNode[]>;
  readonly open: (node: RunningNode) => LogSource;
}

/**
 * Follow several logs in the order of time until the signal is aborted.
 * @param young lines of the past to begin with: others may have been written before them
 */
export async function followAll(
  context: Context,
  followed: Followed,
  young: readonly NodeLine[],
  take: LineTaker,
): Promise<void> {
  const follower = new Follower(context, followed, young);
  const forever = { deadline: Number.POSITIVE_INFINITY, signal: context.signal };
  const watching = waitFor(() => follower.look(), { ...forever, everyMs: LOOK_EVERY_MS });
  const taking = waitFor(() => follower.pass(take), { ...forever, everyMs: TAKE_EVERY_MS });
  try {
    await Promise.all([watching, taking]);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  await follower.passRest(take);
}

class Follower {
  readonly #context: Context;
  readonly #followed: Followed;
  readonly #lines = new Reorder<NodeLine>(WINDOW_MS);
  /** Those that are being read. */
  readonly #busy = new Set<LogSource>();
  /** Names of those that had a container at the last look, by its id. */
  #there = new Map<string, string>();

  constructor(context: Context, followed: Followed, young: readonly NodeLine[]) {
    this.#context = context;
    this.#followed = followed;
    for (const line of young) this.#hold(line);
    for (const [i, file] of followed.files.entries()) void this.#read(`file ${i}`, file);
  }

  /** See who is there: nodes may stop, come back and be made anew while they are followed. */
  async look(): Promise<undefined> {
    const { containers, list, open } = this.#followed;
    const nodes = await list();
    for (const node of nodes) {
      const source = containers.get(node.containerId) ?? open(node);
      containers.set(node.containerId, source);
      const isNew = !this.#there.has(node.containerId);
      if (isNew || WRITES.includes(node.state)) void this.#read(node.containerId, source);
    }
    const now = new Map(nodes.map(({ containerId, name }) => [containerId, name]));
    for (const [id, name] of this.#there) {
      if (now.has(id)) continue;
      this.#context.progress.warn(`${name} is gone: its container was removed.`);
      containers.delete(id);
    }
    this.#there = now;
  }

  /** Hand over what has waited long enough. */
  async pass(take: LineTaker): Promise<undefined> {
    for (const line of this.#lines.take(Date.now())) await take(line);
  }

  /** Hand over all that has come. */
  async passRest(take: LineTaker): Promise<void> {
    for (const line of this.#lines.rest()) await take(line);
  }

  #hold(line: NodeLine): void {
    const log = line.stream === 'file' ? `file of ${line.node}` : line.node;
    this.#lines.add(log, line, Date.now());
  }

  async #read(id: string, source: LogSource): Promise<void> {
    if (this.#busy.has(source)) return;
    this.#busy.add(source);
    try {
      for await (const line of source.follow()) this.#hold(line);
    } catch (error) {
      // A container that was just removed is told by the next look.
      if (id.startsWith('file') && isOfOneLog(error)) this.#context.progress.warn(error.message);
    } finally {
      this.#busy.delete(source);
    }
  }
}
