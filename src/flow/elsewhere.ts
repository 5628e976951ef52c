import { dirname, join } from 'node:path';
import { RsentError } from '../model/errors.js';
import type { RunningNode, RunningTopology, TopologyRecord } from '../model/topology.js';
import type { Context } from './context.js';

/**
 * @throws RsentError `topology` when its containers are of another data home, another user or
 * another machine
 */
export function rejectForeign(
  running: RunningTopology,
  existing: TopologyRecord | undefined,
  context: Pick<Context, 'home'>,
): void {
  const elsewhere = elsewhereIn(running, existing, context);
  if (elsewhere === undefined && (existing !== undefined || running.nodes.length === 0)) return;
  const where = elsewhere?.directory ?? 'a place that is gone';
  throw refused(
    `A topology named ${running.name} exists already, with its data in ${where}.`,
    `Use another name, or name its data home with --data-dir. ${removal(running.name, existing, elsewhere)}`,
  );
}

/**
 * For verbs that change what is there: a copy of a data home has the record, and the containers are
 * the original's.
 * @throws RsentError `topology` when its containers are of another data home, another user or
 * another machine
 */
export function rejectElsewhere(
  running: RunningTopology,
  existing: TopologyRecord | undefined,
  context: Pick<Context, 'home'>,
): void {
  const elsewhere = elsewhereIn(running, existing, context);
  if (elsewhere === undefined) return;
  const { name } = running;
  const way = isOthers(existing, elsewhere)
    ? 'Another user or another machine has made them.'
    : `Name their data home: --data-dir ${dirname(elsewhere.directory)}.`;
  throw refused(
    `The containers of ${name} are not those of ${context.home}: their data is in ${elsewhere.directory || 'a place that nobody knows'}.`,
    `Nothing was done. ${way}`,
  );
}

function refused(message: string, hint: string): RsentError {
  return new RsentError('topology', message, { hint });
}

function elsewhereIn(
  { name, nodes }: RunningTopology,
  existing: TopologyRecord | undefined,
  { home }: Pick<Context, 'home'>,
): RunningNode | undefined {
  return nodes.find((each) => each.directory !== join(home, name) || isOthers(existing, each));
}

function isOthers(existing: TopologyRecord | undefined, node: RunningNode | undefined): boolean {
  return existing !== undefined && node?.origin !== existing.origin;
}

function removal(
  name: string,
  existing: TopologyRecord | undefined,
  node: RunningNode | undefined,
): string {
  if (isOthers(existing, node)) return 'Another user or another machine has made it.';
  const at = node === undefined ? '' : ` --data-dir ${dirname(node.directory)}`;
  return `Or remove it: rsent down ${name}${at}.`;
}
