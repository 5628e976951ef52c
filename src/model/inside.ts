import type { Placement } from './topology.js';

/** Where the volume of a node is mounted in its container. */
export const VOLUME_MOUNT = '/node';

/** Where a node finds its directories. */
export interface Inside {
  readonly conf: string;
  readonly data: string;
}

/** As the node itself sees them: two directories of this machine, or two in its volume. */
export function insideOf({ storage }: Pick<Placement, 'storage'>): Inside {
  return storage === 'volume'
    ? { conf: `${VOLUME_MOUNT}/conf`, data: `${VOLUME_MOUNT}/data` }
    : { conf: '/etc/redis', data: '/data' };
}

/** TLS files as the nodes see them: they lie beside the conf. */
export function tlsFiles(placement: Pick<Placement, 'storage'>) {
  const { conf } = insideOf(placement);
  return { certificate: `${conf}/tls.crt`, key: `${conf}/tls.key`, authority: `${conf}/ca.crt` };
}
