import { dirname, join } from 'node:path';
import type { ContainerFacts } from '../engine/engine.js';
import { matches } from '../host/certificates.js';
import { readRecord, recordedNames } from '../host/data-home.js';
import type { FileStore } from '../host/file-store.js';
import { busyPorts, hostSubnets, type PortRange, portHolder } from '../host/network.js';
import type { Passwords } from '../model/access.js';
import { LABEL, LOOPBACK } from '../model/constants.js';
import { insideOf } from '../model/inside.js';
import type { ConfEdit } from '../model/plan.js';
import type { PortChoice, TopologySpec } from '../model/spec.js';
import {
  type Address,
  type Move,
  type NodePlacement,
  ofKind,
  type TopologyRecord,
} from '../model/topology.js';
import { lackOf } from '../plan/check-conf.js';
import { confPath } from '../plan/conf-path.js';
import { dirEdits } from '../plan/conf-settings.js';
import { keptEdits } from '../plan/given-edits.js';
import {
  type Epochs,
  type KeptRedis,
  type KeptSentinel,
  keptMasters,
  latestEpochs,
  readRedisConf,
  readSentinelConf,
} from '../plan/kept.js';
import { readNode } from '../plan/labels.js';
import type { Surroundings } from '../plan/place.js';
import type { TakenPort } from '../plan/ports.js';
import { currentAddress } from '../plan/relocate.js';
import type { Context } from './context.js';

/**
 * What is in use around a topology: subnets of the engine, of this host and of the topologies
 * that sleep in the same data home, and ports with their holders.
 * @param at where the nodes will be published
 */
export async function surroundings(
  context: Context,
  spec: TopologySpec,
  at: { readonly published: { readonly ip: string } } | undefined,
): Promise<Surroundings> {
  const ip = at?.published.ip ?? LOOPBACK;
  const [{ addressPools }, networks, host, asleep, ports] = await Promise.all([
    context.engine.describe(),
    context.engine.networks(),
    hostSubnets(),
    otherRecords(context, spec.name),
    takenPorts(context, spec, ip),
  ]);
  const sleeping = asleep.map(({ placement }) => placement.subnet);
  const subnets = networks.flatMap((network) => network.subnets);
  const reserved = asleep.flatMap((record) => reservedBy(record, ip));
  const takenSubnets = [...subnets, ...host, ...sleeping];
  return { takenSubnets, takenPorts: [...ports, ...reserved], pools: addressPools };
}

/** Ports that others hold, near those that this topology wants. */
async function takenPorts(context: Context, spec: TopologySpec, ip: string): Promise<TakenPort[]> {
  const containers = await context.engine.containers();
  const others = containers.filter(({ labels }) => labels[LABEL.topology] !== spec.name);
  const published = others.flatMap((each) => publishedBy(each, ip));
  const mine = containers.filter(({ labels }) => labels[LABEL.topology] === spec.name);
  const own = new Set(mine.flatMap(({ published: ports }) => ports.map(({ port }) => port)));
  const known = new Set(published.map(({ port }) => port));
  // What listens on another machine can only be found out by trying.
  if (!context.engine.local) return published;
  const isOthers = (port: number) => !known.has(port) && !own.has(port);
  const wanted = wantedPorts(spec, published.length);
  const busy = await busyPorts(wanted, ip);
  const held = wanted.flatMap(({ named }, nth) =>
    (busy[nth] ?? []).filter(isOthers).map(async (port) => {
      // Only a port that the user named needs a name for its holder: finding it out takes a while.
      return { port, holder: named ? await portHolder(port) : 'another process' };
    }),
  );
  return [...published, ...(await Promise.all(held))];
}

/**
 * Where the nodes' ports are looked for.
 * @param further so many ports may have to be stepped over
 */
function wantedPorts(spec: TopologySpec, further: number): (PortChoice & PortRange)[] {
  const { redisPorts, sentinelPorts, nodes } = spec;
  const single = [...(nodes?.redis ?? []), ...(nodes?.sentinel ?? [])].flatMap(({ port }) =>
    port === undefined ? [] : [{ first: port, named: true, count: 1 }],
  );
  return [
    { ...redisPorts, count: spec.replicas + 1 + further },
    { ...sentinelPorts, count: spec.sentinels + further },
    ...single,
  ];
}

/** What it holds on this address; 0.0.0.0 overlaps with every other. */
function publishedBy(container: ContainerFacts, ip: string): TakenPort[] {
  const topology = container.labels[LABEL.topology];
  const holder = `the container ${container.name}${topology === undefined ? '' : ` (topology ${topology})`}`;
  // A stopped node of ours holds its port too: it will want it back when it starts.
  const own = readNode(container)?.published;
  const all = [...container.published, ...(own === undefined ? [] : [own])];
  const here = all.filter((each) => [ip, '0.0.0.0'].includes(each.ip) || ip === '0.0.0.0');
  const ports = new Set(here.map(({ port }) => port));
  return [...ports].map((port) => ({ port, holder }));
}

/** Ports by which the nodes of another topology know each other: it must find them free again. */
function reservedBy({ spec, placement }: TopologyRecord, ip: string): TakenPort[] {
  if (placement.form === 'bridge') return [];
  const holder = `the topology ${spec.name}, even while it sleeps`;
  return placement.nodes
    .filter(({ published }) => published.ip === ip || ip === '0.0.0.0')
    .map(({ published }) => ({ port: published.port, holder }));
}

async function otherRecords(context: Context, name: string): Promise<TopologyRecord[]> {
  const names = (await recordedNames(context.home)).filter((each) => each !== name);
  const records = await Promise.all(
    names.map((each) => readRecord(context.home, each).catch(() => undefined)),
  );
  return records.filter((record) => record !== undefined);
}

/**
 * True when a node has a certificate to start with. One whose exchange was cut short may have the new
 * key beside the old certificate: no server starts with these.
 */
async function hasCertificate(
  { unfinished }: TopologyRecord,
  directory: string,
  node: NodePlacement,
  files: FileStore,
): Promise<boolean> {
  const conf = dirname(confPath(directory, node));
  const certificate = await files.readText(join(conf, 'tls.crt'));
  if (certificate === undefined || unfinished?.rotating !== 'certificates')
    return certificate !== undefined;
  const key = await files.readText(join(conf, 'tls.key'));
  return key !== undefined && isPair(certificate, key);
}

function isPair(certificate: string, key: string): boolean {
  try {
    return matches(certificate, key);
  } catch {
    return false;
  }
}

/** What the nodes of an earlier life left on disk. */
export interface Kept {
  readonly redis: ReadonlyMap<string, KeptRedis>;
  readonly sentinels: ReadonlySet<string>;
  /** Whom they watch, by node name. */
  readonly watched: ReadonlyMap<string, Address>;
  /** Nodes with a certificate that they can start with. */
  readonly certified: ReadonlySet<string>;
  /** Who may be the master; one where that is certain. */
  readonly masters: readonly Address[];
  readonly epochs: Epochs;
  /** What they say of the settings and should not, by node name. */
  readonly confEdits: ReadonlyMap<string, readonly ConfEdit[]>;
  /** What is missing in confs that no node may start with, by node name. */
  readonly lacking: ReadonlyMap<string, string>;
}

/**
 * Read the confs that are there; they belong to Redis and Sentinel and tell who is master.
 * @param passwords by which what a conf says to others is judged; absent: it is not
 */
export async function readKept(
  record: TopologyRecord,
  directory: string,
  files: FileStore,
  passwords?: Passwords,
): Promise<Kept> {
  const moves = record.unfinished?.moves ?? [];
  const redis = new Map<string, KeptRedis>();
  const sentinels = new Map<string, KeptSentinel | undefined>();
  const certified = new Set<string>();
  const lacking = new Map<string, string>();
  const edits = new Map<string, readonly ConfEdit[]>();
  for (const node of knownNodes(record)) {
    if (record.spec.security.tls && (await hasCertificate(record, directory, node, files)))
      certified.add(node.name);
    const text = await files.readText(confPath(directory, node));
    if (text === undefined) continue;
    const lack = lackOf(text, node.kind, record.spec.masterName);
    if (lack !== undefined) lacking.set(node.name, lack);
    edits.set(node.name, [
      ...dirEdits(text, insideOf(record.placement).data),
      ...keptEdits(text, record, node, passwords),
    ]);
    if (node.kind === 'redis') redis.set(node.name, movedRedis(readRedisConf(text), moves));
    else
      sentinels.set(
        node.name,
        movedSentinel(readSentinelConf(text, record.spec.masterName), moves),
      );
  }
  const known = [...sentinels.values()].filter((each) => each !== undefined);
  const nodes = ofKind(knownNodes(record), 'redis').map(({ name, address }) => {
    return { address, kept: redis.get(name) };
  });
  return {
    redis,
    certified,
    lacking,
    confEdits: edits,
    sentinels: new Set(sentinels.keys()),
    watched: watchedBy(sentinels),
    epochs: latestEpochs(known),
    masters: keptMasters(known, nodes, ofKind(knownNodes(record), 'sentinel').length),
  };
}

function watchedBy(
  sentinels: ReadonlyMap<string, KeptSentinel | undefined>,
): ReadonlyMap<string, Address> {
  const known = [...sentinels].flatMap(([name, kept]) =>
    kept === undefined ? [] : [[name, kept.master] as const],
  );
  return new Map(known);
}

/**
 * Nodes whose confs count: not what an earlier node left to one that joins under its name, but that
 * of a data node that is to leave and may be master still.
 */
function knownNodes(record: TopologyRecord): NodePlacement[] {
  const { joining = [] } = record.unfinished ?? {};
  const leaving = ofKind(record.unfinished?.leaving ?? [], 'redis');
  const here = record.placement.nodes.filter(({ name }) => !joining.includes(name));
  return [...here, ...leaving];
}

/** With the present addresses in the place of those that it may hold still. */
function movedRedis({ replicaOf }: KeptRedis, moves: readonly Move[]): KeptRedis {
  return replicaOf === undefined ? {} : { replicaOf: currentAddress(replicaOf, moves) };
}

function movedSentinel(kept: KeptSentinel | undefined, moves: readonly Move[]) {
  return kept && { ...kept, master: currentAddress(kept.master, moves) };
}
