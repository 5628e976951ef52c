import { RsentError } from '../model/errors.js';

interface Range {
  readonly first: number;
  readonly last: number;
}

/** What an engine was told to make the subnets of networks from. */
export interface AddressPool {
  /** A CIDR. */
  readonly base: string;
}

/**
 * Private ranges (RFC 1918), in the order to try: the far end of the engine's own pools, then where
 * others are when a VPN has all of the first one.
 */
const USUAL_POOLS: readonly AddressPool[] = [
  { base: '172.28.0.0/14' },
  { base: '10.192.0.0/14' },
  { base: '192.168.128.0/17' },
];
/** So many subnets of a pool are tried: a wide one has more than anybody has networks. */
const MOST_TRIED = 4096;
/** Addresses in a /24. */
const SIZE = 256;
/** So many of those that are in the way are named. */
const SHOWN = 5;

/**
 * The first /24 of a pool that overlaps none of the taken ones. The walk starts at a place that
 * depends on the name, so that one topology tends to get the same subnet each time and two started at
 * once rarely ask for the same one.
 */
function freeIn(pool: Range, taken: readonly Range[], name: string): string | undefined {
  const count = Math.floor((pool.last - pool.first + 1) / SIZE);
  const start = hash(name) % Math.max(1, count);
  for (let i = 0; i < Math.min(count, MOST_TRIED); i++) {
    const first = pool.first + ((start + i) % count) * SIZE;
    const last = first + SIZE - 1;
    if (!taken.some((range) => range.first <= last && range.last >= first)) {
      return `${toText(first)}/24`;
    }
  }
  return undefined;
}

/**
 * A /24 for a network of a topology's own.
 * @param taken CIDRs in use: networks of the engine, interfaces and routes of this host
 * @param pools those that the engine was given; without any, the usual ones
 * @throws RsentError `topology` when none is free, naming what is in the way
 */
export function chooseSubnet(
  taken: readonly string[],
  name: string,
  pools: readonly AddressPool[] = [],
): string {
  const tried = pools.length > 0 ? pools : USUAL_POOLS;
  const ranges = rangesOf(taken);
  for (const pool of rangesOf(tried.map(({ base }) => base))) {
    const free = freeIn(pool, ranges, name);
    if (free !== undefined) return free;
  }
  throw noneFree(tried, taken, pools.length > 0);
}

function rangesOf(cidrs: readonly string[]): Range[] {
  return cidrs.map(parseCidr).filter((range) => range !== undefined);
}

function noneFree(
  tried: readonly AddressPool[],
  taken: readonly string[],
  areGiven: boolean,
): RsentError {
  const bases = tried.map(({ base }) => base);
  const inTheWay = [...new Set(taken)].filter((each) => overlaps(each, bases));
  const widest = inTheWay.sort((a, b) => bitsOf(a) - bitsOf(b)).slice(0, SHOWN);
  const more = inTheWay.length > widest.length ? ', …' : '';
  const whose = areGiven ? ' (the engine’s default-address-pools)' : '';
  return new RsentError(
    'topology',
    `No subnet is free in ${bases.join(', ')}${whose}: networks and routes of this machine have ${widest.join(', ')}${more}.`,
    {
      hint: 'docker network prune removes networks that no container uses; ip route shows whose a route is (often that of a VPN). Or make a network with a subnet that is free, and join it: docker network create --subnet CIDR NET, then rsent up NAME --clients containers --join NET.',
    },
  );
}

function bitsOf(cidr: string): number {
  return Number(cidr.split('/')[1]);
}

/** True when it shares an address with one of these. */
export function overlaps(subnet: string, taken: readonly string[]): boolean {
  const own = parseCidr(subnet);
  return rangesOf(taken).some(
    (range) => own !== undefined && range.first <= own.last && range.last >= own.first,
  );
}

/** The n-th address of a subnet (0 is the network's own). */
export function addressIn(subnet: string, n: number): string {
  const range = parseCidr(subnet);
  if (range === undefined || range.first + n > range.last) {
    throw new RsentError('bug', `${subnet} has no address number ${n}.`);
  }
  return toText(range.first + n);
}

/** That of 10.0.0.0/8. */
const WIDEST_BITS = 8;

function parseCidr(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const bits = Number(match[5]);
  const size = 2 ** (32 - bits);
  const first = Math.floor(toNumber(text.slice(0, text.indexOf('/'))) / size) * size;
  // 0.0.0.0/0 is the default route: it says where the rest goes, not that all is taken. A VPN says the
  // same with 0.0.0.0/1 and 128.0.0.0/1. No network is wider than the widest private one.
  return bits < WIDEST_BITS ? undefined : { first, last: first + size - 1 };
}

function toNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** FNV-1a: any even spread will do. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return value;
}

/** More than the largest topology needs. */
const ENOUGH = 200;

/**
 * Addresses of a subnet that nobody has, the last ones first: an engine hands out the first ones.
 * @param taken addresses in use
 */
export function freeAddresses(subnet: string, taken: readonly string[]): string[] {
  const range = parseCidr(subnet);
  if (range === undefined) return [];
  const free: string[] = [];
  // The very last one is that of broadcasts, the very first one that of the network.
  for (let at = range.last - 1; at > range.first && free.length < ENOUGH; at--) {
    const address = toText(at);
    if (!taken.includes(address)) free.push(address);
  }
  return free;
}
