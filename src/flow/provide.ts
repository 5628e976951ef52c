import { type Engine, EngineError } from '../engine/engine.js';
import type { FileStore } from '../host/file-store.js';
import { hostSubnets } from '../host/network.js';
import type { CreateNetwork, CreateVolume } from '../model/plan.js';

type Undo = () => Promise<void>;

/** Make the volume of a node; gives how to take it away again. */
export async function makeVolume(
  { volume, labels }: CreateVolume,
  engine: Engine,
  files: FileStore,
): Promise<Undo> {
  await engine.createVolume({ name: volume, labels });
  return async () => {
    // What files passed through has it mounted still.
    await files.close();
    await engine.removeVolume(volume);
  };
}

/**
 * Make the network; gives how to take it away again.
 * @throws EngineError `hidden-containers` when this host could not call anybody on it
 */
export async function makeNetwork(
  { name, subnet, labels, seenFromHost }: CreateNetwork,
  engine: Engine,
): Promise<Undo> {
  await engine.createNetwork({ name, subnet, labels });
  const undo = () => engine.removeNetwork(name);
  // Before the first container the bridge has no carrier: its address is not told, its route is.
  if (!seenFromHost || (await hostSubnets()).includes(subnet)) return undo;
  await undo();
  throw new EngineError(
    'hidden-containers',
    `This host has no route to the network ${name} that the engine has just made: it cannot call its containers.`,
  );
}
