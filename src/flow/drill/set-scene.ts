import { expectedOf } from '../../drill/expected.js';
import { candidateOf, chooseTargets } from '../../drill/target.js';
import { masterOf, obstacles } from '../../health/judge.js';
import type { Access } from '../../model/access.js';
import type { Expected } from '../../model/drill.js';
import { RsentError } from '../../model/errors.js';
import { shown } from '../../model/shown.js';
import type { SentinelEvent } from '../../model/timeline.js';
import { ofKind, type TopologyRecord } from '../../model/topology.js';
import type { Expectation } from '../../model/verdict.js';
import type { Context } from '../context.js';
import { requireCuttable } from '../cuttable.js';
import type { Observer, Target } from '../observe.js';
import type { Judged } from '../verify.js';
import type { DrillOptions } from './options.js';
import type { Scene } from './scene.js';

/** What is known before anything is done. */
export interface Setting {
  readonly context: Context;
  readonly record: TopologyRecord;
  readonly access: Access;
  readonly expectation: Expectation;
  readonly targets: readonly Target[];
  readonly observer: Observer;
  readonly before: Judged;
  /** Where the Sentinels' events are collected. */
  readonly events: readonly SentinelEvent[];
}

/**
 * Decide whom a drill is made on and what should come of it.
 * @throws RsentError `usage` when the target means nobody, more replicas are waited for than there
 *   are, or the one to promote is none; `refused` with every reason why no drill can be made; nothing was done then
 */
export function setScene(setting: Setting, options: DrillOptions): Scene {
  const { context, record, access, expectation, targets, observer, before, events } = setting;
  if (options.how === 'partition') requireCuttable(record);
  const name = masterOf(expectation, before.observation);
  const master = targets.find((target) => target.name === name);
  const struck = struckBy(setting, options);
  requireAble(setting, master !== undefined && struck.includes(master));
  if (master === undefined) throw new Error('a drill without a master was let through');
  requireReplicas(record, options.wait);
  requireReplica(setting, options.to);
  for (const { subject, saw } of before.verdict.findings) {
    context.progress.warn(`before the drill: ${subject}: ${saw}`);
  }
  const downAfterMs = options.downAfterMs ?? record.spec.timing.downAfterMs;
  const expected = expectedFrom(setting, options, struck, downAfterMs);
  return {
    context,
    record,
    access,
    expectation,
    observer,
    master,
    struck,
    expected,
    downAfterMs,
    before: before.verdict,
    events,
    faults: [],
  };
}

function struckBy({ before, targets }: Setting, { target, how }: DrillOptions): Target[] {
  const running = before.observation.nodes.filter(({ container }) => container === 'running');
  const chosen = chooseTargets(target, running.map(candidateOf)).map((each) => each.name);
  const struck = targets.filter((each) => chosen.includes(each.name));
  const isPlanned = how === 'manual' || how === 'plain';
  if (!isPlanned || target === 'master') return struck;
  throw new RsentError('usage', `--target is ${target}; a hand-over is always of the master.`);
}

/** Every reason at once. */
function requireAble({ before, expectation, targets }: Setting, hitsMaster: boolean): void {
  const { verdict, observation } = before;
  const seen = hitsMaster ? obstacles(verdict) : [];
  const reasons = seen.map(({ saw, expected }) => `  - ${saw}; expected ${expected}`);
  const alone = ofKind(targets, 'redis').length < 2;
  if (hitsMaster && alone) reasons.push('  - it has no replica to promote');
  const isHeadless = masterOf(expectation, observation) === undefined;
  if (!isHeadless && reasons.length === 0) return;
  const list = reasons.length > 0 ? `:\n${reasons.join('\n')}` : ': there is no master.';
  const [first] = seen;
  const remedy =
    first?.fix ??
    `rsent status ${expectation.topology} shows what is wrong; rsent up ${expectation.topology} starts stopped nodes`;
  throw new RsentError('refused', `No failover could happen in ${expectation.topology}${list}`, {
    hint: `Nothing was done. To do: ${remedy}.`,
  });
}

function requireReplicas({ spec }: TopologyRecord, wait: number): void {
  if (wait <= spec.replicas) return;
  throw new RsentError(
    'usage',
    `--wait is ${wait}; legal is 0 to ${spec.replicas}, the number of replicas.`,
  );
}

/** Before any client writes: it may be any word that the user has typed. */
function requireReplica({ before, record }: Setting, to: string | undefined): void {
  if (to === undefined) return;
  const replicas = before.observation.nodes.filter(
    (node) => node.container === 'running' && candidateOf(node).role === 'replica',
  );
  const names = replicas.map(({ name }) => name);
  if (names.includes(to)) return;
  throw new RsentError(
    'usage',
    `Invalid --to ${shown(to)}: expected a running replica (${names.join(', ') || 'there is none'}).`,
    { hint: `Nothing was done. rsent status ${record.spec.name} shows who is what.` },
  );
}

function expectedFrom(
  { before, record }: Setting,
  { how, forMs }: DrillOptions,
  struck: readonly Target[],
  downAfterMs: number,
): Expected {
  if (how === 'manual' || how === 'plain') return 'failover';
  const nodes = before.observation.nodes.filter((node) =>
    struck.some(({ name }) => name === node.name),
  );
  const ordered = { kind: how, targets: nodes.map(candidateOf), downAfterMs };
  return expectedOf(forMs === undefined ? ordered : { ...ordered, forMs }, record.spec);
}
