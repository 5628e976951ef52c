import { infoFields, numberOf } from '../health/raw.js';
import { RsentError } from '../model/errors.js';
import type { Setting } from '../model/settings.js';
import { ofKind } from '../model/topology.js';
import type { Observer, Target } from './observe.js';

/**
 * With less room than its data takes a data node that evicts nothing refuses every write.
 * @param settings what it will be told
 * @throws RsentError `refused` naming the first node that has no room
 */
export async function requireRoom(
  observer: Observer,
  targets: readonly Target[],
  settings: readonly Setting[],
): Promise<void> {
  const told = (name: string) => settings.find((each) => each.name === name)?.value;
  const limit = Number(told('maxmemory') ?? 0);
  if (limit === 0) return;
  for (const node of ofKind(targets, 'redis')) {
    const info = infoFields(String(await observer.client(node).call('INFO', 'memory')));
    const [used, policy] = [numberOf(info, 'used_memory'), info.get('maxmemory_policy')];
    // It refuses them already where it is set so.
    const isNew = numberOf(info, 'maxmemory') !== limit;
    if (!isNew || used < limit || (told('maxmemory-policy') ?? policy) !== 'noeviction') continue;
    throw new RsentError(
      'refused',
      `${node.name} uses ${used} bytes, more than maxmemory ${limit}.`,
      {
        hint: 'Nothing was changed. It would refuse every write: give it more, or a maxmemory-policy that evicts keys (--redis-config).',
      },
    );
  }
}
