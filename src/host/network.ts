import { readdir, readFile, readlink } from 'node:fs/promises';
import { BlockList, createServer, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { codeOf } from '../model/errors.js';

/** IPv4 addresses at which other machines may call this host. */
export function hostAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((each) => each.family === 'IPv4' && !each.internal)
    .map(({ address }) => address);
}

/** What Docker names the bridges of its networks: nobody but this host has a way into them. */
const BRIDGE = /^(docker0|br-[0-9a-f]{12})$/;

/** Tells of an IP address whether only this host can reach it: its loopback, its engine's networks. */
export function reachedOnlyHere(): (ip: string) => boolean {
  const inner = new BlockList();
  inner.addSubnet('127.0.0.0', 8);
  inner.addAddress('::1', 'ipv6');
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (!BRIDGE.test(name)) continue;
    for (const { address, family, cidr } of addresses ?? []) {
      const bits = Number(cidr?.split('/')[1]);
      if (cidr !== null) inner.addSubnet(address, bits, family === 'IPv4' ? 'ipv4' : 'ipv6');
    }
  }
  return (ip) =>
    ip.toLowerCase() === 'localhost' ||
    (isIP(ip) !== 0 && inner.check(ip, isIP(ip) === 4 ? 'ipv4' : 'ipv6'));
}

/** Subnets that this host is in or has a route to: a new network must not cover any of them. */
export async function hostSubnets(): Promise<string[]> {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((each) => each.family === 'IPv4' && each.cidr !== null)
    .map((each) => each.cidr ?? '');
  return [...own, ...parseRoutes(await readProc('/proc/net/route'))];
}

/**
 * Destinations of the kernel's routing table as CIDRs. Its columns are little-endian hex.
 * @param table text of /proc/net/route
 */
export function parseRoutes(table: string): string[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length > 7 && columns[1] !== '00000000')
    .map((columns) => `${hexToIp(columns[1] ?? '')}/${maskBits(columns[7] ?? '')}`);
}

/** Ports from `first` on, until `count` free ones were seen. */
export interface PortRange {
  readonly first: number;
  readonly count: number;
}

/**
 * Ports of an address that cannot be listened on, for each of these ranges. The kernel is asked where
 * it tells, once, as it takes it some milliseconds; to try would take a port away for the moment in
 * which another rsent, or the engine, wants it.
 */
export async function busyPorts(
  ranges: readonly PortRange[],
  ip = '127.0.0.1',
): Promise<number[][]> {
  const listening = await listeningPorts(ip);
  const isFree = async (port: number) =>
    listening === undefined ? canListen(port, ip) : !listening.has(port);
  return Promise.all(ranges.map((range) => busyIn(range, isFree)));
}

async function busyIn(
  { first, count }: PortRange,
  isFree: (port: number) => Promise<boolean>,
): Promise<number[]> {
  const busy: number[] = [];
  for (let port = first, free = 0; free < count && port <= 65535; ) {
    const batch = Array.from({ length: Math.min(count, 65536 - port) }, (_, i) => port + i);
    const listenable = await Promise.all(batch.map(isFree));
    batch.forEach((each, i) => {
      if (listenable[i]) free++;
      else busy.push(each);
    });
    port += batch.length;
  }
  return busy;
}

/** Who listens on a TCP port of this host, as far as this user may know: `redis-server (pid 12)`. */
export async function portHolder(port: number): Promise<string> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readProc));
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return 'another process';
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (await ownsSocket(pid, inodes)) {
      return `${(await readProc(`/proc/${pid}/comm`)).trim()} (pid ${pid})`;
    }
  }
  return 'a process of another user';
}

/** Where a socket of the kernel's tables is bound: an address in hex, and a port. */
const BOUND = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/;
/** The state of a socket that listens (include/net/tcp_states.h). */
const LISTEN = '0A';

/** Ports that are listened on where this address reaches; undefined where no kernel tells. */
async function listeningPorts(ip: string): Promise<Set<number> | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readProc));
  if (tables.every((table) => table === '')) return undefined;
  const rows = tables.flatMap((table) => table.split('\n'));
  return new Set(
    rows.flatMap((row) => {
      const [, local = '', , state] = row.trim().split(/\s+/);
      const [, at = '', port] = BOUND.exec(local) ?? [];
      if (state !== LISTEN || port === undefined || !covers(at, ip)) return [];
      return [Number.parseInt(port, 16)];
    }),
  );
}

/** True when a socket bound there hears what is sent to this address; 0.0.0.0 overlaps with all. */
function covers(bound: string, ip: string): boolean {
  if (/^0+$/.test(bound) || ip === '0.0.0.0') return true;
  // Four bytes, little-endian; in IPv6 after the prefix of mapped addresses.
  const hex = ip.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  const address = hex.reverse().join('').toUpperCase();
  return bound === address || bound === `0000000000000000FFFF0000${address}`;
}

function canListen(port: number, ip: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A port below 1024 is refused to us, not to the engine: only "in use" counts.
    server.once('error', (error) => resolve(codeOf(error) !== 'EADDRINUSE'));
    server.listen({ host: ip, port }, () => server.close(() => resolve(true)));
  });
}

function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) && columns[3] === LISTEN)
    .map((columns) => columns[9] ?? '');
}

async function ownsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const fd of fds) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

async function readProc(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function hexToIp(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return bytes
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}

function maskBits(hex: string): number {
  const bits = Number.parseInt(hex, 16).toString(2);
  return bits.replaceAll('0', '').length;
}
