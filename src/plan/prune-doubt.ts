import { dirname, join } from 'node:path';
import { type Judgement, keptTopology, type PruneFacts } from './prune-facts.js';

/**
 * Why nothing of the topology in this directory may be called an orphan. Undefined for a topology
 * of this data home, whose record then says what belongs to it, and for one that has no record.
 */
export function doubtOf(
  directory: string,
  topology: string,
  { home, records }: Pick<PruneFacts, 'home' | 'records'>,
): Judgement | undefined {
  const isOwn = directory === join(home, topology);
  switch (records.get(directory)?.kind) {
    case 'none':
      return undefined;
    case 'record':
      return isOwn ? undefined : { living: true };
    case 'unclear': {
      const why = `its record cannot be understood; rsent down ${topology} --volumes removes it`;
      return isOwn ? keptTopology(topology, why) : { living: true };
    }
    case 'unreadable':
      return keptTopology(topology, `whether its record is in ${directory} cannot be seen`);
    default:
      return keptTopology(topology, 'another rsent works on it');
  }
}

/**
 * The same for an engine of another machine: there may be a third one that uses it, with records
 * that nobody can see from here. Who names a topology of this data home says that it is theirs.
 */
export function remoteDoubt(
  directory: string,
  topology: string,
  { home, local, only }: Pick<PruneFacts, 'home' | 'local' | 'only'>,
): Judgement | undefined {
  const isOwn = directory === join(home, topology);
  if (local || (isOwn && only === topology)) return undefined;
  const command = `rsent prune ${topology}${isOwn ? '' : ` --data-dir ${dirname(directory)}`}`;
  return keptTopology(
    topology,
    `other machines may use this engine, and have its record; ${command} says that it is yours`,
  );
}
