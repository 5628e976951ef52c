import { join } from 'node:path';
import { chooseAll } from '../drill/target.js';
import { instantAt } from '../logs/instant.js';
import { mergeByTime } from '../logs/order.js';
import type { NodeLine } from '../model/log.js';
import type { RunningNode, TopologyRecord } from '../model/topology.js';
import { candidatesFor } from './candidates.js';
import type { Context } from './context.js';
import { findKnown, type Known, nodesWithContainer } from './find.js';
import { followAll, WINDOW_MS } from './follow-logs.js';
import {
  ContainerLog,
  FileLog,
  isOfOneLog,
  type LineTaker,
  type LogRange,
  type LogSource,
} from './log-sources.js';

/** Which logs are wanted, and which lines of each. */
export interface LogOrder {
  /** Nodes or roles; none: all nodes. */
  readonly targets: readonly string[];
  /** No older lines (Date.now(), ms). */
  readonly sinceMs?: number;
  /** So many of the last lines of each log. */
  readonly tail?: number;
  readonly follow: boolean;
}

/** Logs that were found. */
export interface OpenLogs {
  /** Whose they are. */
  readonly nodes: readonly string[];
  /** Read them in the order of time; with `follow` until the context's signal is aborted. */
  read(take: LineTaker): Promise<void>;
}

/**
 * Find the logs of a topology.
 * @throws RsentError `topology` when there is none of that name, `usage` when a target means nobody
 */
export async function openLogs(context: Context, name: string, order: LogOrder): Promise<OpenLogs> {
  const known = await findKnown(context, name);
  const { nodes: all, candidates } = await candidatesFor(context, known, order.targets);
  const chosen = order.targets.length === 0 ? all : chooseAll(order.targets, candidates);
  const nodes = chosen.map((node) => node.name);
  return {
    nodes,
    read: async (take) => {
      // A failure of one part must not leave another one waiting for more.
      const over = new AbortController();
      const signal = AbortSignal.any([context.signal, over.signal]);
      try {
        await readAll({ ...context, signal }, known, order, nodes, take);
      } finally {
        over.abort();
      }
    },
  };
}

async function readAll(
  context: Context,
  known: Known,
  order: LogOrder,
  nodes: readonly string[],
  take: LineTaker,
): Promise<void> {
  const { engine, signal } = context;
  const { name } = known.running;
  const wanted = (node: RunningNode) => order.targets.length === 0 || nodes.includes(node.name);
  const open = (range: LogRange) => (node: RunningNode) =>
    new ContainerLog(engine, node.name, node.containerId, range);
  const range = rangeOf(order, signal);
  const found = known.running.nodes.filter(wanted);
  tellGone(context, name, nodes, found);
  const containers = new Map(found.map((node) => [node.containerId, open(range)(node)]));
  const files = fileLogs(context, known.record, nodes, range);
  try {
    const past = [...containers.values(), ...files];
    const young = await readPast(context, past, order.follow, take);
    if (!order.follow || signal.aborted) return;
    const list = async () => (await nodesWithContainer(engine, name, known.record)).filter(wanted);
    // A container that comes now is wanted whole.
    await followAll(context, { containers, files, list, open: open({ signal }) }, young, take);
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

function rangeOf({ sinceMs, tail }: LogOrder, signal: AbortSignal): LogRange {
  return {
    signal,
    ...(sinceMs === undefined ? {} : { since: instantAt(sinceMs) }),
    ...(tail === undefined ? {} : { tail }),
  };
}

/**
 * Read what there is until now, and give what is too young for that when it will be followed: the
 * logs are not read at the same moment, so that something written before it may still be missing.
 */
async function readPast(
  context: Context,
  logs: readonly LogSource[],
  follow: boolean,
  take: LineTaker,
): Promise<NodeLine[]> {
  const youngFrom = follow ? instantAt(Date.now() - WINDOW_MS) : undefined;
  const young: NodeLine[] = [];
  for await (const line of mergeByTime(logs.map((log) => untilItFails(context, log.history())))) {
    if (youngFrom !== undefined && line.at >= youngFrom) young.push(line);
    else await take(line);
    if (context.signal.aborted) break;
  }
  return young;
}

/** The logs of a spec with `logFile`, which outlive the containers. */
function fileLogs(
  { home, progress }: Context,
  record: TopologyRecord | undefined,
  nodes: readonly string[],
  range: LogRange,
): FileLog[] {
  if (record === undefined || record.spec.logFile === '') return [];
  const { spec, placement } = record;
  if (placement.storage === 'volume') {
    progress.warn(
      `The nodes log into the file ${spec.logFile} of their volumes, which is not on this machine.`,
    );
    return [];
  }
  return placement.nodes
    .filter(({ name }) => nodes.includes(name))
    .map(({ name, folder }) => {
      return new FileLog(name, join(home, spec.name, folder, 'data', spec.logFile), range);
    });
}

function tellGone(
  { progress }: Context,
  topology: string,
  nodes: readonly string[],
  found: readonly RunningNode[],
): void {
  const gone = nodes.filter((node) => !found.some(({ name }) => name === node));
  if (gone.length === 0) return;
  const what = gone.length === nodes.length && nodes.length > 1 ? topology : gone.join(', ');
  progress.warn(`${what} has no container, and what it had logged there is gone.`);
}

/** One log that cannot be read, or is removed meanwhile, must not take the others along. */
async function* untilItFails(
  { progress, signal }: Context,
  lines: AsyncIterable<NodeLine>,
): AsyncGenerator<NodeLine> {
  try {
    yield* lines;
  } catch (error) {
    if (!isOfOneLog(error)) throw error;
    if (!signal.aborted) progress.warn(error.message);
  }
}
