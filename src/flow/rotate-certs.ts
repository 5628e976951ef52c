import { dirname } from 'node:path';
import { infoFields, textOf } from '../health/raw.js';
import { hostAddresses } from '../host/network.js';
import { RsentError } from '../model/errors.js';
import { ofKind } from '../model/topology.js';
import { TLS_FILES } from '../plan/conf.js';
import { namesOf } from '../plan/up-files.js';
import { recertify } from './certify.js';
import type { Context } from './context.js';
import { findRecorded } from './find.js';
import { becomeHealthy, requireHealthy } from './healthy.js';
import type { Observer, Target } from './observe.js';
import { secretsFor } from './secrets.js';
import { observerOf } from './targets.js';
import { waitFor } from './wait.js';

/** A clean stop of a Sentinel (s). */
const STOP_GRACE_S = 5;
const AGAIN =
  'The nodes that follow keep the certificates that they have. Run it again when this is mended.';

/**
 * Issue new certificates to all nodes of a running topology. Data nodes read theirs anew without a
 * restart; a Sentinel cannot, and is restarted, one after the other, so that the quorum stays.
 * @throws RsentError `refused` when the topology has no TLS or is not healthy; nothing was done then
 */
export async function rotateCertificates(
  context: Context,
  name: string,
  timeoutMs: number,
): Promise<void> {
  const known = await findRecorded(context, name);
  const { spec, placement } = known.record;
  const { authority } = await secretsFor(context, spec, true, undefined);
  if (authority === undefined) {
    throw new RsentError('refused', `${name} has no certificates to renew.`, {
      hint: 'A topology gets TLS when it is made: rsent up NAME --tls.',
    });
  }
  const { expectation, targets, observer } = observerOf(context, known);
  try {
    await requireHealthy(context, observer, expectation);
    for (const target of [...ofKind(targets, 'redis'), ...ofKind(targets, 'sentinel')]) {
      context.progress.stage(`A new certificate for ${target.name}`);
      const node = placement.nodes.find((each) => each.name === target.name);
      if (node === undefined || target.confFile === undefined) continue;
      await recertify(dirname(target.confFile), namesOf(node, hostAddresses()), authority);
      if (target.kind === 'redis') await reload(observer, target);
      else await restart(context, observer, target, timeoutMs);
      await becomeHealthy(context, observer, expectation, timeoutMs, AGAIN);
    }
    context.progress.done(`All ${targets.length} nodes have new certificates`);
  } finally {
    observer.close();
  }
}

/** Redis reads both files anew when either name is set, though it is the same (config.c). */
async function reload(observer: Observer, node: Target): Promise<void> {
  await observer.client(node).call('CONFIG', 'SET', 'tls-cert-file', TLS_FILES.certificate);
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
