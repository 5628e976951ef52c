import { dirname, join } from 'node:path';
import { LABEL } from '../model/constants.js';
import type { Claimed } from './prune-claims.js';
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
 * Why nothing proves that something was made from here, where nobody's record can be missing unseen:
 * an engine may serve several users and machines. Undefined where it is proven: it carries the origin
 * of who is asking, or it has files mounted of a data home that was shown to be seen by the engine and
 * by this process alike. What was made before there was an origin counts also when who is asking
 * names it, or, but for data, when that data home is seen by both.
 * @param all the things of the engine
 */
export function unproven(
  thing: Claimed,
  all: readonly Claimed[],
  { home, shared, origin, only }: Pick<PruneFacts, 'home' | 'shared' | 'origin' | 'only'>,
): Judgement | undefined {
  const { topology = '', origin: its } = thing.claim;
  const own = join(home, topology);
  const directory = thing.claim.directory ?? own;
  if (its !== undefined && its === origin) return undefined;
  const isSeen = shared.has(dirname(directory));
  if (isSeen && all.some((each) => isBeside(each, thing) && isBound(each, directory)))
    return undefined;
  if (its !== undefined) return keptTopology(topology, others(topology, directory));
  const isNamed = only === topology && directory === own;
  if (isNamed || (isSeen && thing.kind !== 'volume')) return undefined;
  const command = `rsent prune ${topology}${directory === own ? '' : ` --data-dir ${dirname(directory)}`}`;
  return keptTopology(
    topology,
    `other machines may use this engine, and have its record; ${command} says that it is yours`,
  );
}

function others(topology: string, directory: string): string {
  return `another user or another machine has made it, with its record in ${directory} there; if nobody needs it, remove by hand what carries the label ${LABEL.topology}=${topology}`;
}

function isBeside({ claim }: Claimed, other: Claimed): boolean {
  const { topology, directory, origin } = other.claim;
  return claim.topology === topology && claim.directory === directory && claim.origin === origin;
}

function isBound({ binds = [] }: Claimed, directory: string): boolean {
  return binds.some((path) => path.startsWith(`${directory}/`));
}
