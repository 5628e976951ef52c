import type { Observation, RedisObservation } from '../model/observation.js';
import { type Address, majorityOf, ofKind, sameAddress } from '../model/topology.js';
import type { Expectation, Finding } from '../model/verdict.js';
import { type RedisSeen, type Scene, sceneOf } from './scene.js';

/**
 * Nodes that run without their conf file. Of a Sentinel only what is in its place: one that is gone it
 * writes again as it is looked at.
 */
export function judgeConfs({ topology }: Expectation, { nodes }: Observation): Finding[] {
  return nodes.flatMap(({ name, kind, conf }): Finding[] => {
    if (conf === undefined || (conf.is === 'gone' && kind === 'sentinel')) return [];
    const isGone = conf.is === 'gone';
    return [
      {
        code: 'conf-gone',
        severity: 'error',
        subject: name,
        saw: isGone ? 'its conf file is gone' : 'something else is in the place of its conf file',
        expected: `${conf.path}: without it nothing that it learns is saved, and its next start fails`,
        fix: isGone
          ? `rsent up ${topology} writes it again`
          : `mv ${conf.path} ${conf.path}.aside, then rsent up ${topology}`,
      },
    ];
  });
}

/** Data nodes whose data is not in their files: they go on, and nobody sees it until they end. */
export function judgeFiles(scene: Scene): Finding[] {
  const lost = scene.redis.filter(({ observed }) => isOnlyInMemory(observed));
  return lost.map((seen) => ({
    code: 'data-gone',
    severity: seen === scene.master ? 'error' : 'warning',
    subject: seen.node.name,
    saw:
      seen.observed.onDisk === 'other'
        ? 'what is in its data directory is not what it has written: its own files are gone'
        : 'the files of its data are gone; it has it in memory only',
    expected: 'in its data directory',
    fix: wayOut(scene, lost),
    // A file that is just being rewritten.
    settling: true,
  }));
}

/** True when what it has would go when it ends. */
function isOnlyInMemory({ onDisk }: RedisObservation): boolean {
  return onDisk === 'gone' || onDisk === 'other';
}

/**
 * True when the last write to the append-only file failed: what came since is in memory (aof.c,
 * flushAppendOnlyFile, which tries again every second).
 */
function isUnwritten({ facts, observed }: RedisSeen): boolean {
  return isUnsaved(observed) || (facts?.appendOnly === true && !facts.lastWriteOk);
}

/** True when somebody switched its append-only file off: what came since is in memory. */
function isUnsaved({ onDisk }: RedisObservation): boolean {
  return onDisk === 'unsaved';
}

/** True when what some data node has, or a part of it, may be in its memory only. */
export function isInDanger(nodes: readonly RedisObservation[]): boolean {
  return nodes.some((observed) => {
    const { answer } = observed;
    const isFull = answer.reached && answer.facts.appendOnly && !answer.facts.lastWriteOk;
    return isOnlyInMemory(observed) || isUnsaved(observed) || isFull;
  });
}

/**
 * Who is master for certain, and who has all that it has: nobody is where most Sentinels do not name it, or
 * it does not say so itself.
 * @param told whom each Sentinel that answers names
 */
export function restingMaster(
  expectation: Expectation,
  nodes: readonly RedisObservation[],
  told: readonly Address[],
): { readonly master?: string; readonly inSync: ReadonlySet<string> } {
  const needed = majorityOf(ofKind(expectation.nodes, 'sentinel').length);
  const seen = sceneOf(expectation, { at: 0, nodes, dials: [] }).redis;
  const master = seen.find(
    ({ node, facts }) =>
      facts?.role === 'master' &&
      told.filter((each) => sameAddress(each, node.address)).length >= needed,
  );
  if (master === undefined) return { inSync: new Set() };
  const follows = ({ facts }: RedisSeen) =>
    facts?.upstream !== undefined && sameAddress(facts.upstream.master, master.node.address);
  const scene: Scene = { expectation, redis: seen, sentinels: [], master };
  const inSync = seen.filter((each) => each === master || follows(each));
  const names = inSync.filter((each) => isInSync(scene, each)).map(({ node }) => node.name);
  return { master: master.node.name, inSync: new Set(names) };
}

/** What would be lost if all nodes ended now. */
export interface InMemory {
  /** Names of the nodes that have it. */
  readonly nodes: readonly string[];
  /**
   * 'unwritten': some of them have files, and could not write what came last. 'unsaved': their
   * append-only files are switched off.
   */
  readonly why: 'gone' | 'unwritten' | 'unsaved';
  /** What gets it into files, as commands where there are any. */
  readonly wayOut: string;
}

/**
 * Data that no file has: some nodes have theirs in memory only, and no other one that is in sync has it
 * in its files. In doubt nothing is lost.
 */
export function lostAtRest(
  expectation: Expectation,
  observation: Observation,
): InMemory | undefined {
  const scene = sceneOf(expectation, observation);
  const gone = scene.redis.filter(
    ({ observed, facts }) => isOnlyInMemory(observed) && facts?.written?.keys !== 0,
  );
  // A last write that failed may have deleted the last key: no count excuses it.
  const unwritten = scene.redis.filter((seen) => !gone.includes(seen) && isUnwritten(seen));
  const isKept = scene.redis.some(
    (seen) => !isOnlyInMemory(seen.observed) && !isUnwritten(seen) && isInSync(scene, seen),
  );
  const lost = scene.redis.filter((seen) => gone.includes(seen) || unwritten.includes(seen));
  if (lost.length === 0 || isKept) return undefined;
  const nodes = lost.map(({ node }) => node.name);
  if (unwritten.length === 0) return { nodes, why: 'gone', wayOut: wayOut(scene, lost) };
  return { nodes, why: whyUnwritten(unwritten), wayOut: unwrittenWayOut(scene, unwritten, gone) };
}

function whyUnwritten(unwritten: readonly RedisSeen[]): InMemory['why'] {
  return unwritten.every(({ observed }) => isUnsaved(observed)) ? 'unsaved' : 'unwritten';
}

function unwrittenWayOut(
  scene: Scene,
  unwritten: readonly RedisSeen[],
  gone: readonly RedisSeen[],
): string {
  const { topology } = scene.expectation;
  const isOff = unwritten.some(({ observed }) => isUnsaved(observed));
  const isFull = unwritten.some(({ observed }) => !isUnsaved(observed));
  const steps = [
    ...(isFull ? ['free disk space; they write it by themselves within a second or two'] : []),
    ...(isOff ? [`rsent up ${topology}`] : []),
    ...(gone.length === 0 ? [] : [wayOut(scene, gone)]),
  ];
  return steps.join(', then ');
}

function isInSync(scene: Scene, seen: RedisSeen): boolean {
  const { facts } = seen;
  if (facts === undefined || facts.loading) return false;
  if (seen === scene.master) return true;
  return facts.upstream?.linkUp === true && !facts.upstream.syncInProgress;
}

/** Replicas first: they are given all by the master, which then becomes one of them. */
function wayOut({ expectation: { topology }, master }: Scene, lost: readonly RedisSeen[]): string {
  const rebuild = (names: readonly string[]) => `rsent up ${topology} --rebuild ${names.join(',')}`;
  const replicas = lost.filter((seen) => seen !== master).map(({ node }) => node.name);
  const first = replicas.length > 0 ? [rebuild(replicas)] : [];
  if (master === undefined || !lost.includes(master)) return first.join('');
  return [...first, `rsent failover ${topology} --manual`, rebuild([master.node.name])].join(
    ', then ',
  );
}
