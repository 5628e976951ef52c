import { dirname, join } from 'node:path';
import { infoFields, textOf } from '../health/raw.js';
import { tlsFiles } from '../model/inside.js';
import { type NodePlacement, ofKind } from '../model/topology.js';
import type { Context } from './context.js';
import type { findRecorded } from './find.js';
import { becomeHealthy, requireHealthy } from './healthy.js';
import type { Observer, Target } from './observe.js';
import { observerOf } from './targets.js';
import { waitFor } from './wait.js';

/** A clean stop of a Sentinel (s). */
const STOP_GRACE_S = 5;

/** A topology whose record is on this machine. */
export type Recorded = Awaited<ReturnType<typeof findRecorded>>;

/**
 * Put other files into the conf directory of every node, and have the node take them up.
 * @param what is told of each node while it is its turn
 */
export type Round = (
  what: string,
  place: (directory: string, node: NodePlacement) => Promise<void>,
) => Promise<void>;

/**
 * Change the TLS files of all nodes, one node after the other, data nodes first. Data nodes read
 * theirs anew without a restart; a Sentinel cannot, and is restarted, so that the quorum stays. Of
 * a topology that sleeps the files are changed, and that is all.
 * @throws RsentError `refused` when it is not healthy (nothing was done then), `unhealthy` when it
 * does not become so again after a node
 */
export async function renew(
  context: Context,
  known: Recorded,
  timeoutMs: number,
  act: (round: Round) => Promise<void>,
): Promise<void> {
  const { expectation, targets, observer } = observerOf(context, known);
  const files = context.files.of(known.record);
  const { certificate } = tlsFiles(known.record.placement);
  const isAsleep = known.running.nodes.length === 0;
  const takeUp = async (target: Target) => {
    if (target.kind === 'redis') await reload(observer, target, certificate);
    else await restart(context, observer, target, timeoutMs);
    await becomeHealthy(context, observer, expectation, timeoutMs, '');
  };
  try {
    if (!isAsleep) await requireHealthy(context, observer, expectation);
    await act(async (what, place) => {
      for (const target of [...ofKind(targets, 'redis'), ...ofKind(targets, 'sentinel')]) {
        context.progress.stage(`${what} ${target.name}`);
        const node = known.record.placement.nodes.find((each) => each.name === target.name);
        if (node === undefined || target.confFile === undefined) continue;
        const directory = dirname(target.confFile);
        // A node without any yet is given the new ones by the next up.
        if (isAsleep && (await files.readText(join(directory, 'tls.crt'))) === undefined) continue;
        await place(directory, node);
        if (!isAsleep) await takeUp(target);
      }
    });
    context.progress.done(`All ${targets.length} nodes have new certificates`);
  } finally {
    observer.close();
  }
}

/** Redis reads all its TLS files anew when one of them is set, though it is the same (config.c). */
async function reload(observer: Observer, node: Target, certificate: string): Promise<void> {
  await observer.client(node).call('CONFIG', 'SET', 'tls-cert-file', certificate);
}

async function restart(
  { engine, signal }: Context,
  observer: Observer,
  node: Target,
  timeoutMs: number,
): Promise<void> {
  await engine.stopContainer(node.container, STOP_GRACE_S);
  await engine.startContainer(node.container);
  const client = observer.client(node);
  await waitFor(
    async () => {
      const { info } = await client.ask({ info: ['INFO'] });
      return infoFields(textOf(info) ?? '').size > 0 ? true : undefined;
    },
    { deadline: Date.now() + timeoutMs, everyMs: 20, signal },
  );
}
