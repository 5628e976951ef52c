import { join } from 'node:path';
import { LABEL } from '../model/constants.js';
import type { HomeDirectory, HomeEntry } from '../model/prune.js';
import type { TopologyRecord } from '../model/topology.js';
import { claimOfContainer } from './claim.js';
import { NODE_NAME } from './labels.js';
import { isKeptFile } from './own-files.js';
import { doubtOf } from './prune-doubt.js';
import { type Judgement, keptTopology, keptUnfinished, type PruneFacts } from './prune-facts.js';

/** What a node's directory holds. */
const PARTS = ['conf', 'data'];
/** No way up, none down, and nothing that hides. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._:@+-]*$/;

/** What of a directory in the data home belongs to no node of a living topology. */
export function judgeDirectory(directory: HomeDirectory, facts: PruneFacts): Judgement[] {
  const { topology, entries } = directory;
  const path = join(facts.home, topology);
  const state = facts.records.get(path);
  const record = state?.kind === 'record' ? state.record : undefined;
  if (record === undefined && !entries.some(isSign)) return [];
  const doubt = doubtOf(path, topology, facts);
  if (doubt !== undefined) return [doubt];
  const judged = record === undefined ? [judgeWhole(directory)] : judgeEntries(directory, record);
  const reason = whyNotNow(topology, facts);
  const isOrphan = judged.some((each) => 'orphan' in each);
  if (isOrphan && record?.unfinished !== undefined) return [keptUnfinished(record)];
  if (isOrphan && reason !== undefined) return [keptTopology(topology, reason)];
  return judged.map((each) => located(each, facts.home));
}

/** Directories that the record does not name. */
function judgeEntries(
  { topology, entries }: HomeDirectory,
  { placement }: TopologyRecord,
): Judgement[] {
  const known = new Set(placement.nodes.flatMap(({ name, folder }) => [name, folder]));
  return entries
    .filter(({ name, inside }) => inside !== undefined && !known.has(name))
    .map((entry) =>
      isNodeLike(entry)
        ? orphan([topology, entry.name], 'its record does not name it')
        : kept(
            [topology, entry.name],
            'its record does not name it, nor does it look like the directory of a node',
          ),
    );
}

/** The whole directory, if nothing is in it but what rsent makes, and a conf is among that. */
function judgeWhole({ topology, entries }: HomeDirectory): Judgement {
  const none = 'there is no record in it';
  const unsure = entries.find((entry) => !isNodeLike(entry) && !isKept(entry));
  if (unsure !== undefined)
    return kept([topology], `${none}, and ${unsure.name} in it may not be rsent’s`);
  const isMade = entries.some(({ signed }) => signed);
  return isMade
    ? orphan([topology], none)
    : kept([topology], `${none}, and no conf of a node that says that rsent wrote it`);
}

/** What hints at a topology in a directory without a record. */
function isSign(entry: HomeEntry): boolean {
  return isNamed(entry) || isNodeLike(entry) || isKept(entry);
}

function isNamed({ name, inside }: HomeEntry): boolean {
  return inside !== undefined && PLAIN.test(name) && NODE_NAME.test(name);
}

function isKept({ name, inside }: HomeEntry): boolean {
  return inside === undefined && isKeptFile(name);
}

/** A directory with conf or data in it and nothing else, by its name or its conf one of rsent's. */
function isNodeLike({ name, inside, signed }: HomeEntry): boolean {
  if (inside === undefined || inside.length === 0 || !PLAIN.test(name)) return false;
  const isOurs = signed === true || NODE_NAME.test(name);
  return isOurs && inside.every((each) => PARTS.includes(each));
}

/** Why directories must stay although nobody knows them: somebody unseen may use them. */
function whyNotNow(topology: string, { local, containers }: PruneFacts): string | undefined {
  if (!local)
    return 'what uses its directories cannot be seen while the engine is on another machine';
  const unclear = containers.find(
    (each) => each.labels[LABEL.topology] === topology && claimOfContainer(each) === undefined,
  );
  return (
    unclear && `the container ${unclear.name} says that it is of it, with labels that are not whole`
  );
}

function orphan(way: readonly string[], why: string): Judgement {
  const name = way.join('/');
  const [topology = ''] = way;
  return { orphan: { kind: 'directory', id: name, name, topology, way, why } };
}

function kept(way: readonly string[], why: string): Judgement {
  const [topology = ''] = way;
  return { kept: { kind: 'directory', name: way.join('/'), topology, why } };
}

function located(judged: Judgement, home: string): Judgement {
  if ('orphan' in judged) {
    const path = join(home, judged.orphan.name);
    return { orphan: { ...judged.orphan, id: path, name: path } };
  }
  if (!('kept' in judged) || judged.kept.kind !== 'directory') return judged;
  return { kept: { ...judged.kept, name: join(home, judged.kept.name) } };
}
