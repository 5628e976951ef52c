import type { Engine } from '../../src/engine/engine.js';
import type { Context } from '../../src/flow/context.js';
import type { HandOverScene } from '../../src/flow/drill/scene.js';
import { Observer, type Target } from '../../src/flow/observe.js';
import { expectRecord } from '../../src/health/expect.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import type { Foreign, ForeignServer } from './foreign.js';
import { eventually } from './lab.js';
import { withRedis } from './redis.js';
import { silentProgress } from './scene.js';
import { aRecord } from './topology.js';

/** Shorter than rsent's own, so that a Sentinel that gives up does so soon (ms). */
const TIMING = { downAfterMs: 2000, failoverTimeoutMs: 4000, parallelSyncs: 2 };
const REDIS = [
  'repl-diskless-sync-delay 0',
  'replica-priority 100',
  'save ""',
  'repl-ping-replica-period 1',
];

/**
 * A topology of processes of this machine, whose every process can be frozen: a master, two
 * replicas and three Sentinels, known to rsent by a record.
 */
export class ByHand {
  readonly record: TopologyRecord;
  readonly warnings: string[] = [];
  readonly #servers: ReadonlyMap<string, ForeignServer>;
  readonly #observers: Observer[] = [];

  private constructor(record: TopologyRecord, servers: ReadonlyMap<string, ForeignServer>) {
    this.record = record;
    this.#servers = servers;
  }

  static async start(foreign: Foreign): Promise<ByHand> {
    const bare = aRecord({ timing: TIMING, guard: { minReplicas: 0, maxLagS: 1 } });
    const servers = new Map<string, ForeignServer>();
    const master = await foreign.redis(REDIS);
    servers.set('redis-1', master);
    for (const name of ['redis-2', 'redis-3']) {
      servers.set(name, await foreign.redis([...REDIS, `replicaof 127.0.0.1 ${master.port}`]));
    }
    for (const name of ['sentinel-1', 'sentinel-2', 'sentinel-3']) {
      servers.set(
        name,
        await foreign.sentinel([
          `sentinel monitor mymaster 127.0.0.1 ${master.port} 2`,
          `sentinel down-after-milliseconds mymaster ${TIMING.downAfterMs}`,
          `sentinel failover-timeout mymaster ${TIMING.failoverTimeoutMs}`,
        ]),
      );
    }
    const nodes = bare.placement.nodes.map((node) => {
      const address = { ip: '127.0.0.1', port: servers.get(node.name)?.port ?? 0 };
      return { ...node, address, published: address };
    });
    const topology = new ByHand({ ...bare, placement: { ...bare.placement, nodes } }, servers);
    for (const name of ['sentinel-1', 'sentinel-2', 'sentinel-3']) {
      // So that a stall costs no half minute.
      await topology.ask(name, 'SENTINEL', 'DEBUG', 'tilt-period', '4000');
    }
    await topology.calm();
    return topology;
  }

  server(name: string): ForeignServer {
    const server = this.#servers.get(name);
    if (server === undefined) throw new Error(`There is no ${name}.`);
    return server;
  }

  ask<T = unknown>(name: string, command: string, ...args: string[]): Promise<T> {
    return withRedis(
      this.server(name).address,
      (client) => client.call(command, ...args) as Promise<T>,
    );
  }

  /** What a planned hand-over works on, from the present master. */
  async scene(): Promise<HandOverScene> {
    const name = await this.master();
    const expectation = expectRecord(this.record);
    const targets: Target[] = [...this.record.placement.nodes];
    const observer = new Observer({} as Engine, expectation, targets, OPEN_ACCESS, LOCAL_FILES);
    this.#observers.push(observer);
    const master = targets.find((each) => each.name === name);
    if (master === undefined) throw new Error('There is no master.');
    const { signal } = new AbortController();
    const context = { progress: silentProgress(this.warnings), signal } as Context;
    const { downAfterMs } = TIMING;
    return { context, record: this.record, observer, expectation, master, downAfterMs, faults: [] };
  }

  /** The one node that says it is master; fails where there are several. */
  async master(): Promise<string> {
    const roles = await this.roles();
    const masters = [...roles].filter(([, role]) => role === 'master').map(([name]) => name);
    if (masters.length !== 1) throw new Error(`Masters: ${masters.join(', ')}`);
    return masters[0] ?? '';
  }

  async roles(): Promise<Map<string, string>> {
    const names = ['redis-1', 'redis-2', 'redis-3'];
    const ask = async (name: string) => [name, (await this.ask<string[]>(name, 'ROLE'))[0] ?? ''];
    return new Map((await Promise.all(names.map(ask))) as [string, string][]);
  }

  /** What a Sentinel says of the master, by field. */
  async said(sentinel: string): Promise<Map<string, string>> {
    const flat = await this.ask<string[]>(sentinel, 'SENTINEL', 'MASTER', 'mymaster');
    return new Map(flat.flatMap((key, i) => (i % 2 === 0 ? [[key, flat[i + 1] ?? '']] : [])));
  }

  /** Wait until one master has two replicas in sync and every Sentinel knows it, and all of them. */
  async calm(): Promise<void> {
    const state = async () => {
      try {
        const master = await this.master();
        const info = await this.ask<string>(master, 'INFO', 'replication');
        const views = await Promise.all(
          ['sentinel-1', 'sentinel-2', 'sentinel-3'].map(async (name) => {
            const said = await this.said(name);
            const own = await this.ask<string>(name, 'INFO', 'sentinel');
            const replicas = await this.ask<string[][]>(name, 'SENTINEL', 'REPLICAS', 'mymaster');
            const linked = replicas.filter((each) =>
              /^slave$/.test(each[each.indexOf('flags') + 1] ?? ''),
            );
            return [
              said.get('port'),
              said.get('flags'),
              said.get('num-other-sentinels'),
              linked.length,
              /sentinel_tilt:1/.test(own),
            ].join(' ');
          }),
        );
        const online = info.match(/state=online/g)?.length ?? 0;
        return { online, views, wanted: `${this.server(master).port} master 2 2 false` };
      } catch (error) {
        return { online: 0, views: [String(error)], wanted: '' };
      }
    };
    await eventually(
      state,
      ({ online, views, wanted }) => online === 2 && views.every((each) => each === wanted),
      60_000,
    );
  }

  close(): void {
    for (const observer of this.#observers) observer.close();
  }
}
