import { RsentError } from '../model/errors.js';
import { canBeCut, type TopologyRecord } from '../model/topology.js';

/**
 * @throws RsentError `refused` where no node can be cut off the network alone; nothing was done
 */
export function requireCuttable({ spec, placement }: TopologyRecord): void {
  if (canBeCut(placement)) return;
  throw new RsentError(
    'refused',
    `The nodes of ${spec.name} share one network (form pod): none can be cut off alone.`,
    {
      hint: 'Nothing was done. Freeze it instead (pause, --how hang), or make a topology with --network bridge.',
    },
  );
}
