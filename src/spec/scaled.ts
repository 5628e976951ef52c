import type { TopologySpec } from '../model/spec.js';
import { majorityOf } from '../model/topology.js';
import type { Layer } from './layers.js';
import { recordedLayer } from './recorded.js';
import { usualGuard } from './resolve.js';

/** Keys that follow from the counts unless the user has chosen them. */
const FOLLOWING = ['quorum', 'minReplicasToWrite'] as const;

/**
 * The spec of a topology as the layer below other counts: what was the usual value for its own
 * counts becomes the usual one for the new ones; what was unsafe already may stay so.
 * @param asked the counts that are asked for; undefined: as they are
 */
export function scaledLayer(
  spec: TopologySpec,
  asked: { readonly replicas?: unknown; readonly sentinels?: unknown },
): Layer {
  const { values, where } = recordedLayer(spec);
  const kept = { ...values };
  const usual = {
    quorum: majorityOf(spec.sentinels),
    minReplicasToWrite: usualGuard(spec.replicas),
  };
  for (const key of FOLLOWING) if (kept[key] === usual[key]) delete kept[key];
  const isSame = (key: 'replicas' | 'sentinels') =>
    asked[key] === undefined || asked[key] === spec[key];
  if (!(isSame('replicas') && isSame('sentinels'))) delete kept['allowUnsafe'];
  return { values: kept, isKept: true, where };
}
