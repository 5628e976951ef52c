import { type Address, type Move, type NodePlacement, sameAddress } from '../model/topology.js';
import { currentAddress } from './relocate.js';

/**
 * A kept conf with new addresses in the place of old ones. Doing it twice changes nothing more, as
 * no new address is an old one of another node.
 * @param own the move of the node whose conf it is; undefined where it stays
 */
export function moveAddresses(text: string, moves: readonly Move[], own?: Move): string {
  // An earlier run may have moved it already, to a place that was taken again before it started.
  const past = own === undefined ? [] : moves.filter(({ to }) => sameAddress(to, own.to));
  return edited(text, (line) => movedOwn(movedOthers(line, moves), past));
}

/** The conf of a Sentinel without anything about nodes that have left. */
export function forgetNodes(
  text: string,
  nodes: readonly Pick<NodePlacement, 'kind' | 'address' | 'sentinelId'>[],
): string {
  return edited(text, (line) => {
    const known =
      /^\s*sentinel\s+known-(replica|slave|sentinel)\s+\S+\s+(\S+)\s+(\d+)\s*(\S*)/i.exec(line);
    if (known === null) return line;
    const [, what, ip = '', port, id = ''] = known;
    const address = { ip: unquoted(ip), port: Number(port) };
    const isGone = nodes.some((node) =>
      what?.toLowerCase() === 'sentinel'
        ? node.kind === 'sentinel' && node.sentinelId === unquoted(id)
        : node.kind === 'redis' && sameAddress(node.address, address),
    );
    return isGone ? undefined : line;
  });
}

/** Directives that name nodes: all up to the address, the address, and the rest. */
const ADDRESSED =
  /^(\s*(?:replicaof|slaveof|sentinel\s+monitor\s+\S+|sentinel\s+known-(?:replica|slave|sentinel)\s+\S+)\s+)("?[\d.]+"?)(\s+)(\d+)(.*)$/is;

function movedOthers(line: string, moves: readonly Move[]): string {
  const match = ADDRESSED.exec(line);
  if (match === null) return line;
  const [, before = '', ip = '', space = ' ', port = '', rest = ''] = match;
  const from = { ip: unquoted(ip), port: Number(port) };
  const to = currentAddress(from, moves);
  if (sameAddress(from, to)) return line;
  return `${before}${to.ip}${space}${to.port}${rest}`;
}

/** Directives that say where the node itself is. */
const OWN =
  /^(\s*(?:(?:replica|slave|sentinel)[\s-]+announce-(ip|port)|(?:tls-)?(port))\s+)(\S+)(.*)$/is;

/** @param past the moves of the node itself, from each place where it was */
function movedOwn(line: string, past: readonly Move[]): string {
  const match = past.length > 0 ? OWN.exec(line) : null;
  if (match === null) return line;
  const [, before = '', announced, port, value = '', rest = ''] = match;
  const what = (announced ?? port ?? '').toLowerCase();
  const own = past.find(({ from }) => part(from, what) === unquoted(value));
  return own === undefined ? line : `${before}${part(own.to, what)}${rest}`;
}

function part({ ip, port }: Address, what: string): string {
  return what === 'ip' ? ip : String(port);
}

function unquoted(word: string): string {
  return word.replace(/^"(.*)"$/, '$1');
}

function edited(text: string, edit: (line: string) => string | undefined): string {
  return text
    .split('\n')
    .map(edit)
    .filter((line) => line !== undefined)
    .join('\n');
}
