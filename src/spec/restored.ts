import { LOOPBACK } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import { majorityOf } from '../model/topology.js';
import { isUnsafe } from './contradictions.js';
import type { Layer } from './layers.js';
import { recordedLayer } from './recorded.js';

/**
 * The spec in a backup, as the layer that stands in for the defaults. What only followed from
 * something else then does so now, too: flags may say otherwise of that.
 */
export function restoredLayer(spec: TopologySpec): Layer {
  const values = { ...recordedLayer(spec).values };
  if (spec.quorum === majorityOf(spec.sentinels)) delete values['quorum'];
  if (spec.guard.minReplicas === (spec.replicas >= 2 ? 1 : 0)) delete values['minReplicasToWrite'];
  if ([LOOPBACK, spec.reach.address].includes(spec.security.publish)) delete values['publish'];
  for (const key of ['auth', 'acl', 'tls']) if (values[key] === false) delete values[key];
  // What was unsafe may be so again; what was not must be asked for.
  if (!isUnsafe(spec)) delete values['allowUnsafe'];
  // Certificates of the user's own are no part of a backup.
  for (const key of ['tlsCert', 'tlsKey', 'tlsCa']) delete values[key];
  return { values, isKept: true, where: (key) => `${key} of the backup` };
}

/**
 * A certificate that the user had brought must come from the user again.
 * @param said what is said besides the backup
 * @throws RsentError `spec` when nothing is said of it
 */
export function requireCertificate(spec: TopologySpec, said: readonly Layer[]): void {
  const isSaid = said.some(({ values }) => values['tls'] !== undefined);
  if (!spec.security.givenCertificate || isSaid) return;
  throw new RsentError(
    'spec',
    `The certificate of ${spec.name} was your own, and is not in the backup.`,
    {
      hint: 'Nothing was created. Give one with --tls-cert, --tls-key and --tls-ca; --tls has rsent issue others, --no-tls does without.',
    },
  );
}
