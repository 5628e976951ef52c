import { RsentError } from '../model/errors.js';

interface Range {
  readonly first: number;
  readonly last: number;
}

/** 172.28.0.0 to 172.31.255.0: private, at the far end of the engine's own default pools. */
const POOL_FIRST = toNumber('172.28.0.0');
const POOL_SIZE = 1024;

/**
 * Every /24 that rsent may use and that overlaps none of the taken ones, in the order to try.
 * The walk starts at a place that depends on the name, so that one topology tends to get the
 * same subnet each time and two started at once rarely ask for the same one.
 * @param taken CIDRs in use: networks of the engine, interfaces and routes of this host
 */
function freeSubnets(taken: readonly string[], name: string): string[] {
  const ranges = taken.map(parseCidr).filter((range) => range !== undefined);
  const start = hash(name) % POOL_SIZE;
  const free: string[] = [];
  for (let i = 0; i < POOL_SIZE; i++) {
    const first = POOL_FIRST + ((start + i) % POOL_SIZE) * 256;
    const last = first + 255;
    if (!ranges.some((range) => range.first <= last && range.last >= first)) {
      free.push(`${toText(first)}/24`);
    }
  }
  return free;
}

/**
 * The first free subnet.
 * @throws RsentError `topology` when all 1024 are taken
 */
export function chooseSubnet(taken: readonly string[], name: string): string {
  const subnet = freeSubnets(taken, name)[0];
  if (subnet !== undefined) return subnet;
  throw new RsentError(
    'topology',
    'No free subnet: all of 172.28.0.0 to 172.31.255.0 is in use on this machine.',
    {
      hint: 'Remove networks that nobody needs: docker network prune',
    },
  );
}

/** True when it shares an address with one of these. */
export function overlaps(subnet: string, taken: readonly string[]): boolean {
  const own = parseCidr(subnet);
  const ranges = taken.map(parseCidr).filter((range) => range !== undefined);
  return ranges.some(
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

function parseCidr(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const bits = Number(match[5]);
  const size = 2 ** (32 - bits);
  const first = Math.floor(toNumber(text.slice(0, text.indexOf('/'))) / size) * size;
  // 0.0.0.0/0 is the default route: it says where the rest goes, not that all is taken.
  return bits === 0 ? undefined : { first, last: first + size - 1 };
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
