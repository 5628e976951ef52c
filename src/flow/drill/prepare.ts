import { parseRedis } from '../../health/parse-info.js';
import { messageOf, RsentError } from '../../model/errors.js';
import { ofKind, sameAddress } from '../../model/topology.js';
import { REDIS_QUESTIONS } from '../../redis/ask.js';
import type { Target } from '../observe.js';
import { isGivenUp, waitFor } from '../wait.js';
import type { Preparation } from './options.js';
import { type Scene, sentinelViews } from './scene.js';

/** Puts one thing back; collected as it is set, so that every way out can undo it. */
export type Restore = { readonly what: string; undo(): Promise<void> };

/** The lowest priority above 0 is promoted first; 100 is Redis's default (redis.conf). */
const PREFERRED = 1;
/** Sentinel learns priorities from INFO, every 10 s. */
const LEARN_MS = 15_000;

/**
 * Set what this drill alone needs.
 * @param restores where the ways back are collected, also when it fails half-way
 * @throws RsentError `unhealthy` when `to` is no replica any more, or the Sentinels do not learn
 */
export async function prepare(
  scene: Scene,
  wanted: Preparation,
  restores: Restore[],
): Promise<void> {
  if (wanted.to !== undefined) await prefer(scene, wanted.to, restores);
  if (wanted.downAfterMs !== undefined) await setDownAfter(scene, wanted.downAfterMs, restores);
}

/** Put everything back, last thing first; what cannot be put back is told, and the rest goes on. */
export async function restore(scene: Scene, restores: Restore[]): Promise<void> {
  if (isGivenUp(scene.context.signal)) return;
  for (const { what, undo } of restores.splice(0).reverse()) {
    try {
      await undo();
    } catch (error) {
      scene.context.progress.warn(`${what} could not be put back: ${messageOf(error)}`);
    }
  }
}

async function setDownAfter(scene: Scene, ms: number, restores: Restore[]): Promise<void> {
  const { record, expectation } = scene;
  const name = expectation.masterName;
  const reachable = await sentinelViews(scene);
  for (const node of ofKind(record.placement.nodes, 'sentinel')) {
    if (!reachable.has(node.name)) continue;
    const client = scene.observer.client(node);
    const set = (value: number) =>
      client.call('SENTINEL', 'SET', name, 'down-after-milliseconds', value);
    const usual = record.spec.timing.downAfterMs;
    restores.push({
      what: `down-after on ${node.name}`,
      undo: async () => void (await set(usual)),
    });
    await set(ms);
  }
}

async function prefer(scene: Scene, name: string, restores: Restore[]): Promise<void> {
  const { observer, record, context, master } = scene;
  const node = ofKind(record.placement.nodes, 'redis').find((each) => each.name === name);
  const answer = node && parseRedis(await observer.client(node).ask(REDIS_QUESTIONS));
  const upstream = answer?.reached ? answer.facts.upstream : undefined;
  if (node === undefined || upstream === undefined || name === master.name) {
    throw new RsentError('unhealthy', `${name} is no replica any more.`, {
      hint: `rsent status ${record.spec.name} shows who is what.`,
    });
  }
  const client = observer.client(node);
  const set = (value: number) => client.call('CONFIG', 'SET', 'replica-priority', value);
  restores.push({
    what: `replica-priority of ${name}`,
    undo: async () => {
      await set(upstream.priority);
      // Its promotion had the conf rewritten with the priority of the drill.
      await client.call('CONFIG', 'REWRITE');
    },
  });
  await set(PREFERRED);
  context.progress.stage(`Waiting until every Sentinel knows that ${name} comes first`);
  const known = await waitFor(() => allPrefer(scene, node), {
    deadline: Date.now() + LEARN_MS,
    everyMs: 100,
    signal: context.signal,
  });
  if (known === undefined) {
    throw new RsentError(
      'unhealthy',
      `Not every Sentinel learnt in time that ${name} comes first.`,
    );
  }
  context.progress.done(`Every Sentinel knows that ${name} comes first`);
}

async function allPrefer(scene: Scene, node: Target): Promise<true | undefined> {
  const views = [...(await sentinelViews(scene)).values()];
  const agree = views.every(({ replicas }) =>
    replicas.some(
      ({ address, priority }) => sameAddress(address, node.address) && priority === PREFERRED,
    ),
  );
  return agree ? true : undefined;
}
