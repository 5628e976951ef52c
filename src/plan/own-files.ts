import type { Removal } from '../model/change.js';
import { type TopologyRecord, withLeaving } from '../model/topology.js';
import { NODE_NAME } from './labels.js';

/**
 * What of a directory is rsent's own to remove; `ownership.ts` says the same of what is on an engine.
 * What is not named here was made by somebody else, and stays.
 */

/** Something in a directory; no link was followed to look at it. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** What is in a directory; absent where nobody looked. */
  readonly inside?: readonly Entry[];
}

/** What is in the place of a topology's directory. */
export type Place =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'directory'; readonly entries: readonly Entry[] }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'other' };

/** A write that was cut short leaves its draft (host/disk.ts, besides). */
const DRAFT = String.raw`(?:\.[0-9a-f]{8}\.tmp)?`;
const RECORD = new RegExp(`^topology\\.json${DRAFT}$`);
const RECORD_DRAFT = /^topology\.json\.[0-9a-f]{8}\.tmp$/;
const KEPT_FILE = new RegExp(
  `^(?:password(?:\\.[a-z]+)?|secrets\\.next|(?:at-rest|in-sync)\\.json|(?:ca|tls)\\.(?:crt|key))${DRAFT}$`,
);
const CONF_FILE = new RegExp(
  `^(?:(?:redis|sentinel)\\.conf(?:\\.before-upgrade)?|tls\\.(?:crt|key)|ca\\.crt)${DRAFT}$`,
);
/**
 * What a server that was killed while it rewrote its conf leaves: `.XXXXXX` of mkostemp (config.c,
 * rewriteConfigOverwriteFile), six letters and digits. A word or a date of the user's may look like one,
 * so only what has a digit, a small letter, and a capital one that does not begin it is taken for it:
 * about half of them. The others stay.
 */
const REWRITE = /^(?:redis|sentinel)\.conf\.(?=.*\d)(?=.*[a-z])(?=.+[A-Z])[A-Za-z0-9]{6}$/;
/** Data that was set aside, as its server could not load it, or before it copied another one (plan/up-aside.ts). */
const SET_ASIDE = /^data\.(?:broken|before)-\d{8}T\d{6}$/;
/** A directory that was not put in its place (host/disk.ts, makeDirectory): nothing is in it. */
const DIRECTORY_DRAFT = /^((?:redis|sentinel)-\d{1,3}|conf|data)\.[0-9a-f]{8}\.tmp$/;

/**
 * True of the name of a file that rsent keeps beside the nodes: the record, what was at rest, passwords,
 * certificates, and what a write of one that was cut short leaves.
 */
export function isKeptFile(name: string): boolean {
  return RECORD.test(name) || KEPT_FILE.test(name);
}

/**
 * Why a directory cannot become that of a new topology, as the end of a sentence; undefined where it
 * can: nothing is there, or nothing is in it.
 */
export function whyNotTaken(place: Place): string | undefined {
  if (place.kind === 'nothing') return undefined;
  if (place.kind === 'link') return `is a link to ${place.to}`;
  if (place.kind === 'other') return 'is not a directory';
  // A record that was never written to its end is nothing.
  const others = place.entries.filter(({ name }) => !RECORD_DRAFT.test(name));
  return others.length === 0 ? undefined : `is not empty (${listed(others)}) and has no record`;
}

/** The first few names. */
function listed(entries: readonly { readonly name: string }[]): string {
  const shown = entries.slice(0, 3).map(({ name }) => name);
  const more = entries.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/**
 * What of a topology's directory may be removed with its data, the record last: as long as it is
 * there, the rest is known. In a node's `data` directory and in its
 * `conf` only what rsent and the server write; links are nobody's.
 * @param record undefined where it cannot be understood: then nodes have their usual names
 */
export function ownIn(entries: readonly Entry[], record: TopologyRecord | undefined): Removal[] {
  const named = record === undefined ? [] : withLeaving(record).placement.nodes;
  const folders = new Set(named.map(({ folder }) => folder));
  const isNode = (entry: Entry) => folders.has(entry.name) || isLeftNode(entry);
  const nodes = entries.filter((entry) => entry.kind === 'directory' && isNode(entry));
  const files = entries.filter(({ kind, name }) => kind === 'file' && isKeptFile(name));
  const inOrder = [
    ...files.filter(({ name }) => !RECORD.test(name)),
    ...files.filter(({ name }) => RECORD.test(name)),
  ];
  return [
    ...nodes.flatMap(ownInNode),
    ...draftsIn([], entries),
    ...inOrder.map(({ name }) => ({ way: [name], how: 'file' }) as const),
    { way: [], how: 'empty' },
  ];
}

/**
 * Links in the place of a node's directory, its conf or its data, as the names that lead there: what is
 * behind one of them is not removed with the rest.
 * @param folders names of the directories of nodes
 */
export function linksIn(entries: readonly Entry[], folders: readonly string[]): string[][] {
  const nodes = entries.filter(({ name }) => folders.includes(name));
  return nodes.flatMap(({ name, kind, inside = [] }) => {
    if (kind === 'link') return [[name]];
    const parts = inside.filter((part) => part.name === 'conf' || isData(part.name));
    return parts.filter((part) => part.kind === 'link').map((part) => [name, part.name]);
  });
}

/**
 * The same of a directory in it that no record names, or, with no name, of all of them.
 * @param isNode true for those that were found to be a node's
 */
export function ownWithout(
  entries: readonly Entry[],
  folder: string | undefined,
  isNode: (name: string) => boolean,
): Removal[] {
  const nodes = entries.filter(({ kind, name }) => kind === 'directory' && isNode(name));
  if (folder !== undefined) return nodes.filter(({ name }) => name === folder).flatMap(ownInNode);
  const others = ownIn(entries, undefined).filter(
    ({ way }) => way.length < 2 && !isNode(way[0] ?? ''),
  );
  return [...nodes.flatMap(ownInNode), ...others];
}

/** True when a conf says of itself that rsent wrote it: the first line of its templates, which servers keep. */
export function isSigned(conf: string): boolean {
  const [first = ''] = conf.split('\n', 1);
  return first.startsWith('# ') && first.includes('. Written once by rsent;');
}

/** The same of a directory that rsent has made a moment ago, and what its server put there since. */
export function ownInMade(way: readonly string[], entries: readonly Entry[]): Removal[] {
  const [, part, ...further] = way;
  if (part === 'data' && further.length === 0) return [{ way, how: 'data' }];
  if (part === 'conf' && further.length === 0) return ownInConf(way, entries);
  return [{ way, how: 'empty' }];
}

function ownInNode({ name, inside = [] }: Entry): Removal[] {
  const parts = inside.filter(({ kind }) => kind === 'directory');
  const data = parts.filter((part) => isData(part.name));
  const confs = parts.filter((part) => part.name === 'conf');
  return [
    // The conf says what of the data is the server's, so it goes after that.
    ...data.map((part) => ({ way: [name, part.name], how: 'data' }) as const),
    ...confs.flatMap((part) => ownInConf([name, part.name], part.inside ?? [])),
    ...draftsIn([name], parts),
    { way: [name], how: 'empty' },
  ];
}

function draftsIn(way: readonly string[], entries: readonly Entry[]): Removal[] {
  const drafts = entries.filter(
    ({ kind, name }) => kind === 'directory' && DIRECTORY_DRAFT.test(name),
  );
  return drafts.map(({ name }) => ({ way: [...way, name], how: 'empty' }));
}

function isData(name: string): boolean {
  return name === 'data' || SET_ASIDE.test(name);
}

function ownInConf(way: readonly string[], entries: readonly Entry[]): Removal[] {
  const own = entries.filter(({ kind, name }) => kind === 'file' && isConfFile(name));
  return [
    ...own.map(({ name }) => ({ way: [...way, name], how: 'file' }) as const),
    { way, how: 'empty' },
  ];
}

function isConfFile(name: string): boolean {
  return CONF_FILE.test(name) || REWRITE.test(name);
}

/**
 * The directory of a node that has left: it has a node's usual name, and nothing in it but what a node
 * has. Any other that no record names may be somebody's own.
 */
export function isLeftNode({ name, kind, inside = [] }: Entry): boolean {
  const isPart = (part: Entry) =>
    part.kind === 'directory' && (part.name === 'conf' || isData(part.name));
  const confs = inside.filter((part) => part.name === 'conf').flatMap((part) => part.inside ?? []);
  const isWhole = inside.length > 0 && inside.every(isPart);
  const areConfs = confs.every((each) => each.kind === 'file' && isConfFile(each.name));
  return kind === 'directory' && NODE_NAME.test(name) && isWhole && areConfs;
}
