import {
  addressText,
  type ContainerState,
  type Move,
  type NodePlacement,
  sameAddress,
  type TopologyRecord,
} from '../model/topology.js';
import { branchLines } from './branch-words.js';
import { overlaps } from './subnets.js';
import { goesOn, type UpFacts } from './up-facts.js';

/** Containers that need somebody to start them. */
const STOPPED: Readonly<Partial<Record<ContainerState, string>>> = {
  created: 'was never started',
  exited: 'is stopped',
  dead: 'is dead',
  paused: 'is paused',
};

/**
 * What of an existing topology is not as its record says, a line each: what `up` is about to mend.
 * All of it being away is one line, as after `down` and `stop`.
 */
export function found(facts: UpFacts): string[] {
  const { record, containers, networkExists, cut } = facts;
  const { nodes, joined } = record.placement;
  const begun = [...begunLines(facts), ...dataLines(facts)];
  if (containers.size === 0) {
    const isKept = (facts.lacking ?? []).length === 0;
    return [...begun, asleep(facts, `has no containers${isKept ? '; its data is kept' : ''}`)];
  }
  const states = nodes.map(({ name }) => containers.get(name));
  const network =
    networkExists || joined ? [] : [`The network ${record.placement.network} is gone`];
  if (states.every((state) => state === 'exited'))
    return [...begun, asleep(facts, 'is stopped'), ...network];
  const here = nodes.filter(({ name }) => !record.unfinished?.joining?.includes(name));
  const lines = here.flatMap(({ name }) => nodeLines(name, containers.get(name), cut.has(name)));
  return [...begun, ...network, ...podLines(facts), ...lines, ...bareLines(facts)];
}

/** Nodes that run on although their directories are gone: they keep nothing, and nobody sees it. */
function bareLines(facts: UpFacts): string[] {
  const { record, bare, master } = facts;
  const { name: topology } = record.spec;
  return record.placement.nodes
    .filter((node) => bare?.has(node.name) && goesOn(node, facts))
    .map((node) => {
      const { name } = node;
      if (node.kind === 'sentinel')
        return `${name} runs, but its directory is gone: what it learns is lost when it stops`;
      const isMaster = sameAddress(node.address, master);
      const first = isMaster ? `rsent failover ${topology} --manual, then ` : '';
      return `${name} runs, but its directory is gone: what it has is in memory only (${first}rsent up ${topology} --rebuild ${name})`;
    });
}

/** Whose data is gone, and where it comes from now. */
function dataLines(facts: UpFacts): string[] {
  const { record, master, promoted, lacking = [], rebuilding } = facts;
  const leader = record.placement.nodes.find(({ address }) => sameAddress(address, master));
  const lost = promoted && lostLine(promoted, rebuilding);
  const others = lacking.filter((name) => name !== promoted?.from && name !== leader?.name);
  const source = leader?.name ?? 'the master';
  return [
    ...(lost === undefined ? [] : [lost]),
    ...others.map((name) => `${name} has no data; it gets a copy from ${source}`),
    ...record.placement.nodes.flatMap((node) => keptLines(node, source, facts)),
  ];
}

function keptLines(node: NodePlacement, master: string, facts: UpFacts): string[] {
  const branch = facts.branched?.get(node.name);
  if (branch === undefined || facts.branchAs === undefined) return [];
  return branchLines({ ...facts, node, branch, master, as: facts.branchAs });
}

function lostLine(
  { from, to, bytes, missing, wasMaster }: NonNullable<UpFacts['promoted']>,
  rebuilding: UpFacts['rebuilding'],
): string {
  if (missing !== undefined)
    return `The append-only file of ${from} ends ${missing} command${missing === 1 ? '' : 's'} before that of ${to}; ${to} is the master now`;
  if (wasMaster)
    return `The confs name ${from} as the master, and ${to} was it when all was stopped; ${to} is the master now`;
  const why = rebuilding?.has(from) ? 'is rebuilt' : 'had lost its data';
  return `${from} ${why}; ${to}, which has ${bytes} bytes, is the master now`;
}

function nodeLines(name: string, state: ContainerState | undefined, isCut: boolean): string[] {
  if (state === undefined) return [`${name} has no container`];
  if (isCut) return [`${name} is on no network`];
  const why = STOPPED[state];
  return why === undefined ? [] : [`${name} ${why}`];
}

function asleep({ record, master }: UpFacts, how: string): string {
  const first = record.placement.nodes[0];
  const node = record.placement.nodes.find(({ address }) => sameAddress(address, master));
  const since = node === undefined || node === first ? '' : `; ${node.name} is its master`;
  return `${record.spec.name} ${how}${since}`;
}

function podLines({ record, pod }: UpFacts): string[] {
  if (record.placement.pod === undefined || pod === 'running') return [];
  return [`The network namespace of all nodes is gone: its container is ${pod ?? 'absent'}`];
}

/** Why addresses are others: somebody has them, or the network that was joined is another one. */
function movedLine({ record, stranded }: UpFacts): string {
  const { spec, placement, unfinished } = record;
  const moves = unfinished?.moves ?? [];
  const [first] = moves;
  const shown = first && `${addressText(first.from)} is now ${addressText(first.to)}`;
  const nodes = new Set(moves.map(({ to }) => addressText(to))).size;
  const more = nodes > 1 ? `, and so on for ${nodes} nodes` : '';
  if (!isRemade(record, moves) && !stranded) {
    return `Others have taken its addresses: ${shown}${more}`;
  }
  const network = spec.reach.join ?? placement.network;
  const tell = `clients that were given the old ones need the new ones (rsent connect ${spec.name})`;
  return `The network ${network} was made again: ${shown}${more}; ${tell}`;
}

/** On a network that was joined, addresses change their subnet, or that of the gateway, only with it. */
function isRemade({ spec, placement }: TopologyRecord, moves: readonly Move[]): boolean {
  if (spec.reach.join === undefined) return false;
  if (!placement.joined) return moves.some(({ from, to }) => from.ip !== to.ip);
  return moves.some(({ from }) => !overlaps(`${from.ip}/32`, [placement.subnet]));
}

function strandedLine({ record: { spec, placement } }: UpFacts): string {
  const network = spec.reach.join ?? placement.network;
  return `The network ${network} was made again, and its containers are made again on it`;
}

/** What an earlier run has begun, and this one ends. */
function begunLines(facts: UpFacts): string[] {
  const { unfinished = {} } = facts.record;
  const { moves = [], remaking, resetting, joining = [], leaving = [], restoring } = unfinished;
  const names = (list: readonly string[]) => list.join(', ');
  return [
    ...(moves.length > 0 && !remaking ? [movedLine(facts)] : []),
    ...(moves.length === 0 && facts.stranded ? [strandedLine(facts)] : []),
    ...(remaking ? ['All containers and confs are made anew; the data stays'] : []),
    ...(resetting ? ['All data is removed'] : []),
    ...(restoring ? [`Its data is being restored from ${restoring.from}`] : []),
    ...(joining.length > 0 ? [`To join: ${names(joining)}`] : []),
    ...(leaving.length > 0 ? [`To leave: ${names(leaving.map(({ name }) => name))}`] : []),
  ];
}
