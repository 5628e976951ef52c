import { join } from 'node:path';
import { readAtRest } from '../host/at-rest.js';
import { readInSync } from '../host/in-sync.js';
import type { FileEnd } from '../host/look.js';
import {
  type Address,
  type NodePlacement,
  ofKind,
  sameAddress,
  withLeaving,
} from '../model/topology.js';
import { commandsIn } from '../plan/aof-commands.js';
import { restOf } from '../plan/at-rest.js';
import { type Claimant, masterByData } from '../plan/claimants.js';
import { dumpTime, filesInManifest, LARGEST_EMPTY_DUMP } from '../plan/data-files.js';
import { restSince } from '../plan/in-sync.js';
import { isSettled, type Tail } from '../plan/tails.js';
import type { Holdings } from '../plan/up-lead.js';
import { markOf, marksOf } from './at-rest.js';
import {
  dataPath,
  type FilesQuestion,
  type HoldingsQuestion,
  layoutOf,
  MOST_MANIFEST_BYTES,
  readHoldings,
} from './holdings.js';

/** Enough of a file's end where nothing is wrong. */
const USUAL_BYTES = 256 * 1024;
/** As much as is looked at where something may be. */
const MOST_BYTES = 16 * 1024 ** 2;

/**
 * What every data node has, with the ends of the append-only files of a master that does not run and
 * of its replicas: without those that keep none, or whose end cannot be read. Little is read where the
 * replicas' ends are the master's.
 * @param at the master's address
 * @param follows whom a data node followed last, by its conf
 * @throws RsentError `topology` when a file cannot be looked at
 */
export async function readHoldingsOf(
  question: HoldingsQuestion,
  at: Address,
  follows: (node: NodePlacement) => Address | undefined,
): Promise<Holdings> {
  const held = await readHoldings(question);
  const rest = await restIn(question, held);
  const holdings = { ...held, ...(rest && { rest }) };
  const nodes = ofKind(withLeaving(question.record).placement.nodes, 'redis').filter(
    ({ name }) => holdings.disks.get(name)?.is === 'data',
  );
  const master = nodes.find(({ address }) => sameAddress(address, at));
  if (master === undefined || question.running.has(master.name)) return holdings;
  const replicas = nodes.filter((node) => {
    const followed = follows(node);
    return node !== master && followed !== undefined && sameAddress(followed, at);
  });
  return { ...holdings, tails: await tailsOf(question, master, replicas) };
}

/** What was noted when all was stopped; where all was killed, what was noted when all were last in sync. */
async function restIn(question: HoldingsQuestion, { disks }: Holdings): Promise<Holdings['rest']> {
  const atRest = await readAtRest(question.directory);
  if (atRest !== undefined) return restOf(atRest, await marksOf(question));
  const noted = await readInSync(question.directory);
  const nodes = ofKind(question.record.placement.nodes, 'redis');
  const master = nodes.find(({ name }) => name === noted?.master);
  const now = master && (await markOf(question, master));
  const others = nodes.filter(({ name }) => disks.get(name)?.is === 'data');
  const names = others.map(({ name }) => name);
  return noted && now && restSince(noted, now, names);
}

/**
 * Who of several was master last, by what they have.
 * @param addresses of those who may be it; the first one where nobody has data
 */
export async function chooseMaster(
  question: HoldingsQuestion,
  addresses: readonly Address[],
  follows: (node: NodePlacement) => Address | undefined,
): Promise<Address | undefined> {
  const [first, ...others] = addresses;
  if (first === undefined || others.length === 0) return first;
  const { disks } = await readHoldings(question);
  const all = ofKind(withLeaving(question.record).placement.nodes, 'redis');
  const isAt = (at: Address, address: Address | undefined) =>
    address !== undefined && sameAddress(at, address);
  const claimants: Claimant[] = [];
  for (const node of all.filter((each) => addresses.some((at) => isAt(at, each.address))))
    claimants.push({
      ...{ address: node.address, runs: question.running.has(node.name) },
      disk: disks.get(node.name) ?? { is: 'nothing' },
      tail: await tailOf(question, node, USUAL_BYTES),
      followers: all.filter((each) => isAt(node.address, follows(each))).length,
    });
  return masterByData(claimants) ?? first;
}

/**
 * The ends of the append-only files of a master and of others, by name; more than the usual is read of
 * those that are not settled by it. Empty where that of the master cannot be read.
 */
export async function tailsOf(
  question: FilesQuestion,
  master: NodePlacement,
  replicas: readonly NodePlacement[],
): Promise<ReadonlyMap<string, Tail>> {
  const tails = new Map<string, Tail>();
  const own = replicas.length === 0 ? undefined : await tailOf(question, master, USUAL_BYTES);
  if (own === undefined) return tails;
  tails.set(master.name, own);
  for (const node of replicas) {
    const tail = await tailOf(question, node, USUAL_BYTES);
    if (tail !== undefined) tails.set(node.name, tail);
  }
  const doubted = replicas.filter(({ name }) => !isSettled(own, tails.get(name) ?? own));
  for (const node of doubted.length === 0 ? [] : [master, ...doubted]) {
    const tail = await tailOf(question, node, MOST_BYTES);
    if (tail !== undefined) tails.set(node.name, tail);
  }
  return tails;
}

/**
 * How many commands a data node's append-only file ends with in so many bytes; undefined where that
 * cannot be told.
 */
export async function commandsInLast(
  question: FilesQuestion,
  node: NodePlacement,
  bytes: number,
): Promise<number | undefined> {
  if (bytes === 0) return 0;
  return bytes > MOST_BYTES ? undefined : (await tailOf(question, node, bytes))?.commands.length;
}

async function tailOf(
  question: FilesQuestion,
  node: NodePlacement,
  most: number,
): Promise<Tail | undefined> {
  const layout = await layoutOf(node, question);
  if (!layout.appendOnly) return undefined;
  const { files, directory } = question;
  const data = dataPath(node, directory);
  const folder = join(data, layout.directory);
  const manifest = await files.readHead(
    join(folder, `${layout.name}.manifest`),
    MOST_MANIFEST_BYTES,
  );
  if (manifest === undefined || manifest.length === 0)
    return singleTail(join(data, layout.name), files, most);
  const names = filesInManifest(manifest.toString('utf8')) ?? [];
  return tailOfParts(folder, names, files, most);
}

type Files = HoldingsQuestion['files'];

/** Before 7.0: a dump, unless it was never rewritten, and the commands since. */
async function singleTail(path: string, files: Files, most: number): Promise<Tail | undefined> {
  const look = await files.look(path);
  const end = await files.readTail(path, most);
  const commands = end && commandsIn(end.bytes, end.isWhole);
  if (look === undefined || end === undefined || commands === undefined) return undefined;
  const head = await files.readHead(path, LARGEST_EMPTY_DUMP);
  const isPlain = head?.[0] === '*'.charCodeAt(0);
  return {
    ...{ commands, form: 'single', isWhole: end.isWhole, hasOwnTimes: undefined },
    ...{ addedAt: look.writtenAt, writtenAt: look.writtenAt },
    beganAt: isPlain ? 0 : head && dumpTime(head),
  };
}

/** What was added since the last rewrite is in a file of its own, or in two when one was under way. */
async function tailOfParts(
  folder: string,
  names: readonly string[],
  files: Files,
  most: number,
): Promise<Tail | undefined> {
  const parts = names.filter((name) => name.endsWith('.incr.aof'));
  const looks = await Promise.all(parts.map((name) => files.look(join(folder, name))));
  const end = await endOf(
    parts.map((name) => join(folder, name)),
    files,
    most,
  );
  const commands = end && commandsIn(end.bytes, end.isWhole);
  const base = await baseOf(folder, names, files);
  if (commands === undefined || end === undefined || base === undefined) return undefined;
  const latest = (all: typeof looks) => Math.max(0, ...all.map((look) => look?.writtenAt ?? 0));
  return {
    ...{ commands, form: 'parts', isWhole: end.isWhole },
    ...{ beganAt: base.madeAt, hasOwnTimes: base.hasOwnTime },
    addedAt: latest(looks.filter((look) => look !== undefined && look.bytes > 0)),
    writtenAt: Math.max(latest(looks), base.writtenAt),
  };
}

/** The end of files that are loaded one after the other. */
async function endOf(
  paths: readonly string[],
  files: Files,
  most: number,
): Promise<FileEnd | undefined> {
  const pieces: Buffer[] = [];
  let left = most;
  for (const path of paths.toReversed()) {
    const end = await files.readTail(path, Math.max(1, left));
    if (end === undefined) return undefined;
    pieces.unshift(end.bytes);
    left -= end.bytes.length;
    if (!end.isWhole) return { bytes: Buffer.concat(pieces), isWhole: false };
  }
  return { bytes: Buffer.concat(pieces), isWhole: true };
}

/** A server writes a dump at least as fast (bytes a second); else it is a copy. */
const SLOWEST_DUMP = 5 * 1024 ** 2;
const DUMP_MS = 60_000;

/**
 * What the last rewrite made, and when by its own account: a dump notes that when it is begun (rdb.c,
 * rdbSaveInfoAuxFields), which is when the next file for commands is begun, too.
 */
async function baseOf(folder: string, names: readonly string[], files: Files) {
  const name = names.find((each) => !each.endsWith('.incr.aof'));
  const look = name === undefined ? undefined : await files.look(join(folder, name));
  if (name === undefined || look === undefined) return undefined;
  const head = await files.readHead(join(folder, name), LARGEST_EMPTY_DUMP);
  // After an upgrade it is the file of before, in which commands follow the dump.
  const madeAt = head && name.endsWith('.base.rdb') ? dumpTime(head) : undefined;
  const { writtenAt, bytes } = look;
  if (madeAt === undefined) return { writtenAt, madeAt, hasOwnTime: undefined };
  const took = writtenAt - madeAt;
  const hasOwnTime = took > -1000 && took < DUMP_MS + (bytes / SLOWEST_DUMP) * 1000;
  return { writtenAt, madeAt, hasOwnTime };
}
