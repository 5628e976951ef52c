import { rejectUnseeded } from '../../src/flow/seed.js';
import { readKept } from '../../src/flow/survey.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import type { KeepConf, RestoreConf } from '../../src/model/change.js';
import { LABEL } from '../../src/model/constants.js';
import type { ContainerSpec } from '../../src/model/container.js';
import type { Plan, Step } from '../../src/model/plan.js';
import {
  type ContainerState,
  isOff,
  type NodePlacement,
  ofKind,
  sameAddress,
  type TopologyRecord,
  withLeaving,
} from '../../src/model/topology.js';
import type { Templates } from '../../src/plan/conf.js';
import { confPath } from '../../src/plan/conf-path.js';
import { editConf } from '../../src/plan/conf-settings.js';
import { forgetNodes, monitorMaster, moveAddresses } from '../../src/plan/edit-conf.js';
import { followMaster, readRedisConf, readSentinelConf } from '../../src/plan/kept.js';
import { copyOf, restoredConf } from '../../src/plan/kept-copy.js';
import type { Holding } from '../../src/plan/lead.js';
import { leavePlan } from '../../src/plan/leave-plan.js';
import type { UpFacts } from '../../src/plan/up-facts.js';
import { type Led, withLead } from '../../src/plan/up-lead.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { handOver, knownIn, monitored, setLine } from './simulated-nodes.js';
import { facts } from './up-facts.js';

export const DIRECTORY = '/data/lab';

/** What of rsent's own templates depends on who is where: they take long to compile. */
const TEMPLATES: Templates = {
  redis: {
    path: 'redis',
    source:
      'port {{port}}\n{{#if announce}}replica-announce-port {{announce.port}}\n{{/if}}min-replicas-to-write {{minReplicasToWrite}}\n{{#if master}}replicaof {{master.ip}} {{master.port}}\n{{/if}}',
  },
  sentinel: {
    path: 'sentinel',
    source:
      'port {{port}}\nsentinel myid {{id}}\nsentinel monitor {{masterName}} {{master.ip}} {{master.port}} {{quorum}}\n{{#if epochs}}sentinel config-epoch {{masterName}} {{epochs.config}}\nsentinel current-epoch {{epochs.current}}\n{{/if}}{{#each replicas}}sentinel known-replica {{../masterName}} {{ip}} {{port}}\n{{/each}}{{#each peers}}sentinel known-sentinel {{../masterName}} {{ip}} {{port}} {{id}}\n{{/each}}',
  },
};

/** An engine, a disk and the servers' confs, as far as plans depend on them. */
export interface World {
  record: TopologyRecord | undefined;
  readonly files: Map<string, string>;
  readonly volumes: Set<string>;
  readonly containers: Map<string, { readonly spec: ContainerSpec; state: ContainerState }>;
  /** Its subnet. */
  network: string | undefined;
}

/** Nothing is there. */
export function emptyWorld(): World {
  const [files, volumes, containers] = [new Map(), new Set<string>(), new Map()];
  return { record: undefined, files, volumes, containers, network: undefined };
}

/** rsent was killed. */
export class Killed extends Error {}

/** How many steps are done before the kill; those that have been done. */
export interface Fuse {
  left: number;
  readonly done: string[];
}

export const endless = (): Fuse => ({ left: Number.POSITIVE_INFINITY, done: [] });

/** What the user gives a verb beside what is wanted. */
export interface Asked {
  /** The content of a backup. */
  readonly dump?: string;
  /** Names of data nodes that are to be given all their data anew, and of the directory for what they had. */
  readonly rebuild?: { readonly nodes: readonly string[]; readonly asideAs: string };
  /** The kept confs are to say what the spec says. */
  readonly settings?: true;
}

/**
 * What `up` and the verbs like it do with what is wanted: plan, apply, and have leave whoever is to.
 * @throws Killed when the fuse has burnt down
 */
export async function bringUp(
  world: World,
  wanted: TopologyRecord,
  fuse: Fuse,
  asked: Asked = {},
): Promise<void> {
  const led = await ledOf(world, wanted, asked);
  if (led.is === 'nobody') throw new Error(led.why);
  if (led.is !== 'ready') {
    run(led.plan, world, fuse, asked);
    return bringUp(world, wanted, fuse, asked);
  }
  run(upPlan(led.facts), world, fuse, asked);
  const record = world.record ?? wanted;
  if (record.unfinished?.leaving === undefined) return;
  const containers = statesOf(world);
  const master = masterIn(world, record);
  const plan = leavePlan({ record, directory: DIRECTORY, containers, master, canHasten: true });
  run(plan, world, fuse);
}

/** What would be planned. */
async function factsOf(
  world: World,
  record: TopologyRecord,
  { dump, rebuild, settings }: Asked,
): Promise<UpFacts> {
  const store = { ...LOCAL_FILES, readText: async (path: string) => world.files.get(path) };
  const kept = await readKept(record, DIRECTORY, store);
  const [{ name, address: first } = raise('no nodes')] = record.placement.nodes;
  rejectUnseeded(record, dump !== undefined || kept.redis.has(name));
  const isReset = record.unfinished?.resetting === true;
  const { files, volumes, containers, network } = world;
  const pod = containers.get(record.placement.pod ?? '')?.state;
  return facts({
    ...{ record, directory: DIRECTORY, templates: TEMPLATES, volumes, pod },
    ...{ keptRedis: kept.redis, keptSentinels: kept.sentinels, epochs: kept.epochs },
    watched: kept.watched,
    ...{ certified: kept.certified, hasAuthority: files.has(`${DIRECTORY}/ca.crt`) },
    recorded: JSON.stringify(world.record) === JSON.stringify(record),
    networkExists: network !== undefined,
    containers: statesOf(world),
    ...(dump === undefined ? {} : { dumpBytes: dump.length }),
    ...(rebuild && { rebuilding: new Set(rebuild.nodes), asideAs: rebuild.asideAs }),
    ...(settings && { confEdits: kept.confEdits }),
    master: (isReset ? undefined : kept.masters[0]) ?? first,
  });
}

/** Who is to be master by what all data nodes have. */
async function ledOf(world: World, wanted: TopologyRecord, asked: Asked): Promise<Led> {
  const given = await factsOf(world, wanted, asked);
  if (world.record === undefined || wanted.unfinished?.resetting || asked.dump !== undefined)
    return { is: 'ready', facts: given };
  const nodes = ofKind(withLeaving(wanted).placement.nodes, 'redis');
  const states = statesOf(world);
  const disk = (node: NodePlacement): Holding => {
    const text = world.files.get(dataFile(node));
    return text === undefined
      ? { is: 'nothing' }
      : { is: 'data', bytes: text.length, writtenAt: 0 };
  };
  const isOn = ({ name }: NodePlacement) => !isOff(states.get(name) ?? 'exited');
  return withLead(given, {
    disks: new Map(nodes.map((node) => [node.name, disk(node)])),
    memories: new Map(nodes.filter(isOn).map(({ name }) => [name, 'no-keys'])),
    appendOnly: new Set(nodes.map(({ name }) => name)),
  });
}

/** Where a node of this world has its data. */
export function dataFile({ folder }: Pick<NodePlacement, 'folder'>): string {
  return `${DIRECTORY}/${folder}/data/dump.rdb`;
}

/** All nodes end, as when the machine starts anew. */
export function reboot({ containers }: World): void {
  for (const each of containers.values()) each.state = 'exited';
}

/** What `down` does. */
export function takeDown(world: World): void {
  world.containers.clear();
  world.network = undefined;
}

/** The containers of nodes, by node name. */
export function statesOf({ containers }: World): Map<string, ContainerState> {
  const nodes = [...containers.values()].filter(({ spec }) => spec.labels[LABEL.node]);
  return new Map(nodes.map(({ spec, state }) => [spec.labels[LABEL.node] ?? '', state]));
}

/**
 * Whom the Sentinels know as master.
 * @throws Error when that one does not run
 */
export function masterIn(world: World, record: TopologyRecord): string {
  const all = [...record.placement.nodes, ...(record.unfinished?.leaving ?? [])];
  const [sentinel] = ofKind(record.placement.nodes, 'sentinel');
  const conf = world.files.get(confPath(DIRECTORY, sentinel ?? { folder: '', kind: 'sentinel' }));
  const address = readSentinelConf(conf ?? '', record.spec.masterName)?.master;
  const node = ofKind(all, 'redis').find((each) => address && sameAddress(each.address, address));
  if (node === undefined || statesOf(world).get(node.name) !== 'running')
    throw new Error(`nobody is master: ${JSON.stringify(address)}`);
  return node.name;
}

/**
 * Do the steps of a plan.
 * @throws Killed when the fuse has burnt down
 */
export function run(plan: Plan, world: World, fuse: Fuse, { dump }: Asked = {}): void {
  for (const step of plan.steps) {
    if (fuse.left === 0) throw new Killed();
    fuse.left--;
    fuse.done.push(step.id);
    if (/^(write|make|issue|create|replace)-/.test(step.kind)) make(step, world, dump);
    else if (/container$|network$/.test(step.kind)) container(step, world);
    else change(step, world);
  }
}

function make(step: Step, world: World, dump: string | undefined): void {
  const { files, containers, volumes } = world;
  switch (step.kind) {
    case 'write-record':
      world.record = step.record;
      return;
    case 'write-file':
      if (!files.has(step.path)) files.set(step.path, step.content);
      return;
    case 'replace-file':
      files.set(step.path, step.content);
      return;
    case 'write-dump':
      files.set(step.path, dump ?? raise('there is no dump'));
      return;
    case 'write-settings':
      files.set(step.path, editConf(files.get(step.path) ?? raise(step.id), step.edits, 'now'));
      return;
    case 'make-authority':
      files.set(step.certificate, 'authority');
      return;
    case 'issue-certificate':
      files.set(`${step.path}/tls.crt`, JSON.stringify(step.names));
      return;
    case 'create-volume':
      volumes.add(step.volume.replace(/^lab-|-files$/g, ''));
      return;
    case 'create-network':
      if (world.network !== undefined) throw new Error('the network is there already');
      world.network = step.subnet;
      return;
    case 'create-container': {
      const { name, network } = step.container;
      if (containers.has(name)) throw new Error(`${name} is there already`);
      const isPodOff =
        'namespaceOf' in network && containers.get(network.namespaceOf)?.state !== 'running';
      if (isPodOff || world.network === undefined) throw new Error(`${name} has no network`);
      containers.set(name, { spec: step.container, state: 'created' });
    }
  }
}

function container(step: Step, world: World): void {
  const { containers } = world;
  if (step.kind === 'remove-container') return void containers.delete(step.container);
  if (step.kind === 'remove-network') {
    const left = [...containers.values()].filter(({ state }) => !isOff(state));
    if (left.length > 0) throw new Error(`the network is in use by ${left[0]?.spec.name}`);
    world.network = undefined;
    return;
  }
  if (!('container' in step) || typeof step.container !== 'string') return;
  const it = containers.get(step.container);
  if (it === undefined) throw new Error(`${step.id}: there is no such container`);
  it.state = /^(start|resume)/.test(step.kind) ? 'running' : 'exited';
  replicate(world);
}

/** Every replica that runs takes over what its master has, and is emptied by one that has nothing. */
function replicate(world: World): void {
  const nodes = ofKind(withLeaving(world.record ?? raise('no record')).placement.nodes, 'redis');
  const states = statesOf(world);
  const running = nodes.filter(({ name }) => states.get(name) === 'running');
  for (const node of running) {
    const { replicaOf } = readRedisConf(world.files.get(confPath(DIRECTORY, node)) ?? '');
    const master = running.find(({ address }) => replicaOf && sameAddress(address, replicaOf));
    if (master === undefined) continue;
    const text = world.files.get(dataFile(master));
    if (text === undefined) world.files.delete(dataFile(node));
    else world.files.set(dataFile(node), text);
  }
}

function change(step: Step, world: World): void {
  const edit = (path: string, by: (text: string) => string) => {
    const text = world.files.get(path);
    if (text === undefined) throw new Error(`${step.id}: there is no ${path}`);
    world.files.set(path, by(text));
  };
  if (step.kind === 'move-addresses')
    edit(step.path, (text) => moveAddresses(text, step.moves, step.own));
  if (step.kind === 'follow-master') edit(step.path, (text) => followMaster(text, step.master));
  if (step.kind === 'monitor-master') edit(step.path, (text) => monitorMaster(text, step));
  if (step.kind === 'forget-nodes') edit(step.path, (text) => forgetNodes(text, step.nodes));
  if (step.kind === 'keep-conf' || step.kind === 'restore-conf') copyConf(step, world, edit);
  if (step.kind === 'remove-file') world.files.delete(step.path);
  if (step.kind === 'empty-directory')
    for (const path of pathsIn(step.path, world)) world.files.delete(path);
  if (step.kind === 'set-aside')
    for (const path of pathsIn(step.path, world)) {
      world.files.set(`${step.to}${path.slice(step.path.length)}`, world.files.get(path) ?? '');
      world.files.delete(path);
    }
  if ('node' in step) talk(step, world, edit);
}

/** A conf is kept beside its place, or comes back from there. */
function copyConf(step: KeepConf | RestoreConf, { files }: World, edit: Edit): void {
  const { path, copy } = step;
  const text = files.get(step.kind === 'keep-conf' ? path : copy) ?? raise(`${step.id}: no file`);
  const kind = path.endsWith('sentinel.conf') ? 'sentinel' : 'redis';
  if (step.kind === 'keep-conf') files.set(copy, copyOf(text, step.image));
  else edit(path, (present) => restoredConf(text, present, kind));
}

function pathsIn(directory: string, { files }: World): string[] {
  return [...files.keys()].filter((path) => path.startsWith(`${directory}/`));
}

type Talking = Extract<Step, { readonly node: string }>;
type Edit = (path: string, by: (text: string) => string) => void;

/** What is said to a node that does not run is an error, and nobody waits for what never comes. */
function talk(step: Talking, world: World, edit: Edit): void {
  const record = world.record ?? raise('no record');
  const all = withLeaving(record).placement.nodes;
  const node = all.find(({ name }) => name === step.node) ?? raise(`${step.id}: no such node`);
  const isUp = (name: string) => statesOf(world).get(name) === 'running';
  if (!isUp(node.name)) throw new Error(`${step.id}: ${step.node} does not run`);
  const path = confPath(DIRECTORY, node);
  const { masterName } = record.spec;
  if (step.kind === 'tell') edit(path, (text) => told(text, step.command.map(String), masterName));
  if (step.kind === 'hand-over' && masterIn(world, record) === step.node) {
    const staying = ofKind(record.placement.nodes, 'redis');
    const to = staying.find(({ name }) => isUp(name)) ?? raise('nobody can be master');
    handOver(world.files, all, to, masterName, (each) => confPath(DIRECTORY, each));
  }
  if (step.kind === 'check-keys') {
    const keys = (world.files.get(dataFile(node)) ?? '').length;
    if (keys !== step.databases[0]?.keys) throw new Error(`${step.id}: it has ${keys} keys`);
  }
  if (step.kind !== 'await-view') return;
  const known = knownIn(world.files.get(path) ?? '', all);
  const away = known.names.filter((name) => !isUp(name));
  const seen = { replicas: known.replicas, sentinels: known.sentinels + 1, away };
  const wanted = { replicas: step.replicas, sentinels: step.sentinels, away: [] };
  if (JSON.stringify(seen) !== JSON.stringify(wanted))
    throw new Error(`${step.id} never ends: ${JSON.stringify(seen)}`);
}

function told(conf: string, [verb, what, name = '', ...rest]: string[], master: string): string {
  const value = rest.at(-1) ?? '';
  if (verb === 'SENTINEL')
    return what === 'SET' ? monitored(conf, master, { quorum: value }) : conf;
  return what === 'SET' ? setLine(conf, name, value) : conf;
}

function raise(why: string): never {
  throw new Error(why);
}
