import type { MonitorMaster } from '../model/change.js';
import { confWords, editLine } from '../model/directives.js';
import { type Address, type Move, type NodePlacement, sameAddress } from '../model/topology.js';
import { editLines, endedOnce } from './conf-text.js';
import { currentAddress } from './relocate.js';

/**
 * A kept conf with new addresses in the place of old ones. Doing it twice changes nothing more, as
 * no new address is an old one of another node.
 * @param own the move of the node whose conf it is; undefined where it stays
 */
export function moveAddresses(text: string, moves: readonly Move[], own?: Move): string {
  // An earlier run may have moved it already, to a place that was taken again before it started.
  const past = own === undefined ? [] : moves.filter(({ to }) => sameAddress(to, own.to));
  return editLines(text, (line) =>
    editLine(line, (words) => movedOwn(movedOthers(words, moves), past)),
  );
}

/** The conf of a Sentinel without anything about nodes that have left. */
export function forgetNodes(
  text: string,
  nodes: readonly Pick<NodePlacement, 'kind' | 'address' | 'sentinelId'>[],
): string {
  return editLines(text, (line) => {
    const [sentinel = '', known = '', , ip = '', port = '', id] = confWords(line) ?? [];
    const what = `${sentinel} ${known}`.toLowerCase();
    const address = { ip, port: Number(port) };
    const isGone = nodes.some((node) =>
      what === 'sentinel known-sentinel'
        ? node.kind === 'sentinel' && id !== undefined && node.sentinelId === id
        : KNOWN_REPLICA.test(what) && node.kind === 'redis' && sameAddress(node.address, address),
    );
    return isGone ? undefined : line;
  });
}

/**
 * The conf of a Sentinel that watches another master, from these epochs on. All else is kept: what
 * it is told of the master by name (auth-pass, timings) holds for any.
 */
export function monitorMaster(
  text: string,
  { masterName, master, replicas, epochs }: Omit<MonitorMaster, 'kind' | 'id' | 'after' | 'path'>,
): string {
  const known = replicas.map(
    ({ ip, port }) => `sentinel known-replica ${masterName} ${ip} ${port}`,
  );
  const rest = editLines(text, (line) => {
    const [sentinel = '', verb = '', name] = confWords(line) ?? [];
    const what = `${sentinel} ${verb}`.toLowerCase();
    if (what === 'sentinel current-epoch') return undefined;
    if (name !== masterName) return line;
    if (what === 'sentinel monitor') return editLine(line, (words) => watching(words, master));
    return what === 'sentinel config-epoch' || KNOWN_REPLICA.test(what) ? undefined : line;
  });
  const { config, current } = epochs;
  const more = [`sentinel config-epoch ${masterName} ${config}`, ...known];
  return `${endedOnce(rest)}${more.join('\n')}\nsentinel current-epoch ${current}\n`;
}

function watching(words: readonly string[], { ip, port }: Address): readonly string[] {
  return [...words.slice(0, 3), ip, String(port), ...words.slice(5)];
}

const KNOWN_REPLICA = /^sentinel known-(replica|slave)$/;
/** Directives that name nodes, and at which word the address stands. */
const ADDRESSED = new Map([
  ['replicaof', 1],
  ['slaveof', 1],
  ['sentinel monitor', 3],
  ['sentinel known-replica', 3],
  ['sentinel known-slave', 3],
  ['sentinel known-sentinel', 3],
]);

function movedOthers(words: readonly string[], moves: readonly Move[]): readonly string[] {
  const at = ADDRESSED.get(nameOf(words, 1)) ?? ADDRESSED.get(nameOf(words, 2));
  const [ip, port] = at === undefined ? [] : words.slice(at);
  if (at === undefined || ip === undefined || !/^\d+$/.test(port ?? '')) return words;
  const from = { ip, port: Number(port) };
  const to = currentAddress(from, moves);
  if (sameAddress(from, to)) return words;
  return [...words.slice(0, at), to.ip, String(to.port), ...words.slice(at + 2)];
}

/** Directives that say where the node itself is. */
const OWN =
  /^(?:(?:replica|slave)-announce-(ip|port)|sentinel announce-(ip|port)|(?:tls-)?(port))$/;

/** @param past the moves of the node itself, from each place where it was */
function movedOwn(words: readonly string[], past: readonly Move[]): readonly string[] {
  if (past.length === 0) return words;
  const at = words[0]?.toLowerCase() === 'sentinel' ? 2 : 1;
  const what = OWN.exec(nameOf(words, at))?.slice(1).find(Boolean);
  if (what === undefined) return words;
  const own = past.find(({ from }) => part(from, what) === words[at]);
  return own === undefined ? words : words.with(at, part(own.to, what));
}

/** The first words of a directive, in any case. */
function nameOf(words: readonly string[], count: number): string {
  return words.slice(0, count).join(' ').toLowerCase();
}

function part({ ip, port }: Address, what: string): string {
  return what === 'ip' ? ip : String(port);
}
