import type { MemorySeen } from '../../drill/gone.js';
import { infoFields, textOf } from '../../health/raw.js';
import { ofKind } from '../../model/topology.js';
import type { HandOverScene } from './scene.js';

/** What the data nodes that answer say of their memory, by their names. */
export async function memoryOf({
  record,
  observer,
}: Pick<HandOverScene, 'record' | 'observer'>): Promise<ReadonlyMap<string, MemorySeen>> {
  const seen = await Promise.all(
    ofKind(record.placement.nodes, 'redis').map(async (node) => {
      const { info } = await observer.client(node).ask({ info: ['INFO'] });
      const text = textOf(info);
      return text === undefined ? [] : [[node.name, memoryIn(text)] as const];
    }),
  );
  return new Map(seen.flat());
}

function memoryIn(info: string): MemorySeen {
  const fields = infoFields(info);
  const number = (name: string) => Number(fields.get(name) ?? 0);
  return {
    runId: fields.get('run_id') ?? '',
    evictedKeys: number('evicted_keys'),
    maxmemory: number('maxmemory'),
    policy: fields.get('maxmemory_policy') ?? '',
    peak: number('used_memory_peak'),
  };
}
