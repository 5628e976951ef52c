import { confWords, editLine } from '../model/directives.js';
import { type Address, type Move, type NodePlacement, sameAddress } from '../model/topology.js';
import { editLines } from './conf-text.js';
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
