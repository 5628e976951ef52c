import type { Reply } from '../../src/model/observation.js';
import { redisSettings, sentinelSettings } from '../../src/model/settings.js';
import {
  type Address,
  type NodePlacement,
  ofKind,
  sameAddress,
  type TopologyRecord,
} from '../../src/model/topology.js';
import type { Command } from '../../src/redis/client.js';
import type { Fuse } from './fuse.js';

/** What comes of a failover that a Sentinel accepts: it is carried out, given up, or given up after a replica was promoted. */
export type Fate = 'carried out' | 'given up' | 'given up late';

/** When a failover goes on, in ticks since it was accepted. */
const PROMOTED = 12;
const TOLD = 18;
const OVER = 26;
/** When the leader is at an end with it. */
const ENDED = { 'carried out': OVER, 'given up': PROMOTED, 'given up late': PROMOTED + 2 };
/** After so many ticks Sentinel makes a replica of whoever says wrongly that it is master (some 8 s). */
const CONVERTED = 45;

interface Data {
  readonly node: NodePlacement;
  /** Whom it follows; undefined for a master. */
  follows: Address | undefined;
  writes: string[];
  isPaused: boolean;
  readonly settings: Map<string, string>;
}

/**
 * Data nodes, the Sentinels that watch them and two clients that write. Time goes on by a tick with
 * each question that anybody is asked. Replication is asynchronous: a tick late.
 */
export class FailoverWorld {
  readonly record: TopologyRecord;
  /** Writes that a client was told are done. */
  readonly acknowledged: string[] = [];
  readonly #fate: Fate;
  readonly #canPause: boolean;
  readonly #data: readonly Data[];
  /** Whom each Sentinel names as master, by its name. */
  readonly #named: Map<string, Address>;
  #failover: { readonly leader: string; at: number } | undefined;
  #overSince = 0;
  /** Where the client is connected that stays wherever it is until it is thrown out. */
  #stays: Data;
  #count = 0;

  constructor(record: TopologyRecord, { fate, canPause }: { fate: Fate; canPause: boolean }) {
    this.record = record;
    this.#fate = fate;
    this.#canPause = canPause;
    const [first, ...rest] = ofKind(record.placement.nodes, 'redis');
    if (first === undefined) throw new Error('no data node');
    const settings = () =>
      new Map(redisSettings(record.spec).map(({ name, value }) => [name, value]));
    this.#data = [first, ...rest].map((node) => ({
      node,
      follows: node === first ? undefined : first.address,
      ...{ writes: [], isPaused: false, settings: settings() },
    }));
    const sentinels = ofKind(record.placement.nodes, 'sentinel');
    this.#named = new Map(sentinels.map(({ name }) => [name, first.address]));
    this.#stays = this.#at(first.address);
  }

  /** A connection to a node; what is asked over it comes after this fuse. */
  client({ published }: Pick<NodePlacement, 'published'>, fuse: Fuse) {
    const node = this.record.placement.nodes.find((each) => sameAddress(each.published, published));
    if (node === undefined) throw new Error('nobody is there');
    const asked = async (commands: readonly Command[]): Promise<Reply[]> => {
      const words = commands.map((command) => command.join(' ')).join('; ');
      await fuse.burn(`${node.name}: ${words}`);
      this.tick();
      return commands.map((command) => this.#answer(node, command.map(String)));
    };
    return {
      askAtOnce: asked,
      ask: async (commands: Readonly<Record<string, Command>>) => {
        const replies = await asked(Object.values(commands));
        return Object.fromEntries(Object.keys(commands).map((key, i) => [key, replies[i]]));
      },
      call: async (...command: Command) => {
        const [reply] = await asked([command]);
        if (reply?.ok) return reply.value;
        throw new Error(reply?.error);
      },
      close: () => undefined,
    };
  }

  /** A pause ends by itself, in the end. */
  endPauses(): void {
    for (const each of this.#data) each.isPaused = false;
  }

  tick(): void {
    this.#watch();
    this.#replicate();
    this.#write();
  }

  /** All that is wrong in the end, when everything has come to rest. */
  faults(): string[] {
    const before = this.acknowledged.length;
    for (let i = 0; i < 2 * CONVERTED; i++) this.tick();
    const names = new Set([...this.#named.values()].map(({ ip }) => ip));
    const masters = this.#data.filter(({ follows }) => follows === undefined);
    const [master] = masters;
    const lost = this.acknowledged.filter((write) => master?.writes.includes(write) !== true);
    const { minReplicas } = this.record.spec.guard;
    return [
      ...(names.size === 1 && masters.length === 1 ? [] : ['there is more than one master']),
      ...(lost.length === 0 ? [] : [`lost: ${lost.join(', ')}`]),
      ...(this.acknowledged.length > before ? [] : ['nobody takes writes']),
      ...this.#data.flatMap(({ node, settings }) =>
        settings.get('min-replicas-to-write') === String(minReplicas)
          ? []
          : [`${node.name} is held`],
      ),
    ];
  }

  #at(address: Address): Data {
    const found = this.#data.find(({ node }) => sameAddress(node.address, address));
    if (found === undefined) throw new Error(`nobody is at ${address.ip}`);
    return found;
  }

  get #master(): Data {
    return this.#at([...this.#named.values()][0] ?? { ip: '', port: 0 });
  }

  /** What the Sentinels do (sentinel.c, sentinelFailoverStateMachine, sentinelRefreshInstanceInfo). */
  #watch(): void {
    if (this.#failover === undefined) {
      if (++this.#overSince === CONVERTED) this.#convert();
      return;
    }
    const { leader } = this.#failover;
    const at = ++this.#failover.at;
    const chosen = this.#data[1];
    if (chosen === undefined) throw new Error('no replica');
    if (at === PROMOTED && this.#fate !== 'given up') chosen.follows = undefined;
    if (at === TOLD) this.#tell(chosen, [leader]);
    if (at === OVER) this.#tell(chosen, [...this.#named.keys()]);
    if (at === ENDED[this.#fate]) this.#end();
  }

  /** These Sentinels name it as master, and the others follow it but for the old one. */
  #tell(chosen: Data, sentinels: readonly string[]): void {
    for (const name of sentinels) this.#named.set(name, chosen.node.address);
    for (const each of this.#data.slice(1)) if (each !== chosen) each.follows = chosen.node.address;
  }

  #end(): void {
    this.#failover = undefined;
    this.#overSince = 0;
  }

  /** SLAVEOF, CONFIG REWRITE, CLIENT KILL TYPE normal. */
  #convert(): void {
    const master = this.#master;
    for (const each of this.#data) {
      if (each === master || each.follows !== undefined) continue;
      each.follows = master.node.address;
      this.#throwOut(each);
    }
  }

  #throwOut(from: Data): void {
    if (this.#stays === from) this.#stays = this.#master;
  }

  /** Whoever follows somebody has what that one had a tick ago. */
  #replicate(): void {
    const had = new Map(this.#data.map((each) => [each, each.writes]));
    for (const each of this.#data)
      if (each.follows !== undefined) each.writes = [...(had.get(this.#at(each.follows)) ?? [])];
  }

  #write(): void {
    for (const to of new Set([this.#stays, this.#master])) {
      const write = `${to.node.name}/${this.#count++}`;
      if (to.follows !== undefined) {
        // READONLY: it looks for the master again.
        this.#throwOut(to);
      } else if (!to.isPaused && this.#followers(to) >= Number(to.settings.get(GUARD))) {
        to.writes = [...to.writes, write];
        this.acknowledged.push(write);
      }
    }
  }

  #followers({ node }: Data): number {
    return this.#data.filter(({ follows }) => follows && sameAddress(follows, node.address)).length;
  }

  #answer(node: NodePlacement, command: readonly string[]): Reply {
    const value =
      node.kind === 'redis'
        ? this.#redis(this.#at(node.address), command)
        : this.#sentinel(node, command);
    return value === undefined ? { ok: false, error: 'ERR syntax error' } : { ok: true, value };
  }

  #redis(it: Data, [verb = '', sub = '', name = '', value = '']: readonly string[]): unknown {
    if (verb === 'CLIENT') return this.#clients(it, sub);
    if (verb === 'INFO') return infoOf(it);
    if (verb === 'ROLE') return [it.follows === undefined ? 'master' : 'slave'];
    if (verb === 'CONFIG' && sub === 'GET')
      return it.settings.has(name) ? [name, it.settings.get(name)] : [];
    if (verb === 'CONFIG' && sub === 'SET') it.settings.set(name, value);
    if (verb === 'REPLICAOF') it.follows = { ip: sub, port: Number(name) };
    return 'OK';
  }

  #clients(it: Data, what: string): unknown {
    if (what === 'PAUSE' && !this.#canPause) return undefined;
    if (what === 'PAUSE') it.isPaused = true;
    if (what === 'UNPAUSE') it.isPaused = false;
    if (what === 'KILL') this.#throwOut(it);
    return what === 'LIST' ? '' : 'OK';
  }

  #sentinel({ name, sentinelId }: NodePlacement, [verb, sub]: readonly string[]): unknown {
    const named = this.#named.get(name) ?? { ip: '', port: 0 };
    if (verb === 'INFO') return `run_id:${sentinelId}\r\nredis_version:7.4.0\r\n`;
    switch (sub) {
      case 'MYID':
        return sentinelId;
      case 'MASTER':
        return this.#monitored(name, named);
      case 'GET-MASTER-ADDR-BY-NAME':
        return [named.ip, String(named.port)];
      case 'REPLICAS':
        return this.#data
          .filter(({ node }) => !sameAddress(node.address, named))
          .map(({ node: { address } }) => [...pairs(address), 'flags', 'slave']);
      case 'SENTINELS':
        return [];
      case 'CKQUORUM':
        return 'OK 3 usable Sentinels. Quorum and failover authorization can be reached';
      case 'FAILOVER':
        this.#failover = { leader: name, at: 0 };
        return 'OK';
      case 'SET':
        return 'OK';
      default:
        return undefined;
    }
  }

  #monitored(name: string, named: Address): string[] {
    const isLeader = this.#failover?.leader === name;
    const settings = sentinelSettings(this.record.spec).flatMap((each) => [each.name, each.value]);
    const state = isLeader ? ['failover-state', 'wait_promotion'] : [];
    return [...pairs(named), 'flags', 'master', ...settings, ...state];
  }
}

const GUARD = 'min-replicas-to-write';

function pairs({ ip, port }: Address): string[] {
  return ['ip', ip, 'port', String(port)];
}

function infoOf({ follows, writes }: Data): string {
  const offset = writes.length;
  const lines =
    follows === undefined
      ? ['role:master', `master_repl_offset:${offset}`]
      : [
          ...['role:slave', `slave_repl_offset:${offset}`, `master_host:${follows.ip}`],
          ...[`master_port:${follows.port}`, 'master_link_status:up', 'slave_priority:100'],
        ];
  return ['redis_version:7.4.0', 'master_replid:one', ...lines].join('\r\n');
}
