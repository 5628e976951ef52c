import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { evictionsIn, type MemorySeen, whyGone } from '../../drill/gone.js';
import { accountFor, type Ledger } from '../../drill/losses.js';
import type { RoleSample } from '../../drill/roles.js';
import { roleOf } from '../../health/parse-info.js';
import { packageRoot } from '../../host/package-root.js';
import { type ClientReport, expiryOf, type ProbeWrite, probeKey } from '../../model/client.js';
import { RsentError } from '../../model/errors.js';
import { tlsFiles } from '../../model/inside.js';
import { addressText, fromHere, ofKind } from '../../model/topology.js';
import { Probe } from '../../redis/probe/probe.js';
import type { Target } from '../observe.js';
import { NEVER, waitFor } from '../wait.js';
import { IsolatedClient } from './isolated.js';
import { memoryOf } from './memory.js';
import type { HandOverScene, Outcome, Scene } from './scene.js';

/** What the probe writes to. */
export type Place = Pick<Scene, 'access'> &
  Pick<HandOverScene, 'context' | 'record' | 'observer' | 'expectation' | 'master'>;

/** How the probe is to write. */
export interface ProbeOptions {
  /** Writes a second of each client. */
  readonly ratePerS: number;
  /** Replicas that must have a write before it counts; 0: none. */
  readonly wait: number;
  /** Also from inside the container of the master. */
  readonly isolated: boolean;
  /** How long it is meant to write and to wait, so that no key expires before (ms). */
  readonly longestMs: number;
}

/** The process that writes, where rsent is built. */
const PROGRAM = 'dist/redis/probe/process.cjs';
/** For the first acknowledged write. A process has to start for it, which takes long on a busy machine. */
const START_MS = 15_000;
/** Writing before the fault, so that there is something to compare with. */
const BASELINE_MS = 500;
/** Keys looked up or removed by one command. */
const BATCH = 500;
/** For a master that refuses writes still. */
const REMOVE_MS = 5000;

/** The clients of a drill, from before the fault until all is well again. */
export class ClientProbe {
  readonly #options: ProbeOptions;
  readonly #keyPrefix: string;
  readonly #probe: Probe;
  readonly #expiryS: number;
  #isolated: IsolatedClient | undefined;
  #memory: ReadonlyMap<string, MemorySeen> = new Map();

  private constructor(scene: Place, options: ProbeOptions) {
    this.#options = options;
    this.#expiryS = expiryOf(options.longestMs);
    this.#keyPrefix = `rsent:probe:${randomUUID().slice(0, 8)}:`;
    const { nodes } = scene.record.placement;
    this.#probe = new Probe(join(packageRoot(), PROGRAM), {
      keyPrefix: this.#keyPrefix,
      credentials: scene.access.application,
      masterName: scene.expectation.masterName,
      sentinels: ofKind(nodes, 'sentinel').map(({ published }) => fromHere(published)),
      oldMaster: fromHere(scene.master.published),
      nodes: ofKind(nodes, 'redis').map(({ name, address, published }) => ({
        name,
        addresses: [address, fromHere(published)],
      })),
      ...routesOf(scene),
      ratePerS: options.ratePerS,
      wait: options.wait,
      expiryS: this.#expiryS,
      reads: ofKind(nodes, 'redis').length > 1,
    });
  }

  /**
   * Begin to write; resolves when writes have been acknowledged for a moment.
   * @throws RsentError `refused` when none is
   */
  static async start(scene: Place, options: ProbeOptions): Promise<ClientProbe> {
    const { context } = scene;
    context.progress.stage(`Writing ${options.ratePerS} times a second through the Sentinels`);
    const probe = new ClientProbe(scene, options);
    try {
      probe.#memory = await memoryOf(scene);
      if (options.isolated) {
        const { application: credentials } = scene.access;
        const { authority: authorityFile } = tlsFiles(scene.record.placement);
        const keyPrefix = probe.#keyPrefix;
        const expiryS = probe.#expiryS;
        const order = { ...options, expiryS, keyPrefix, credentials, authorityFile };
        probe.#isolated = await IsolatedClient.start(context.engine, scene.master, order);
      }
      await probe.#awaitBaseline(scene);
      context.progress.done();
      return probe;
    } catch (error) {
      await probe.abandon(scene);
      throw error;
    }
  }

  /** What the client inside the old master learnt of its role. */
  get isolatedSamples(): RoleSample[] {
    return this.#isolated?.samples ?? [];
  }

  /**
   * Stop writing, look every write up on the master, and remove the keys.
   * @param master who is master at the end
   */
  async finish(scene: Scene, outcome: Outcome, master: Target): Promise<ClientReport> {
    const { ratePerS, wait } = this.#options;
    const readBack = await this.readBack(scene, master);
    return accountFor({
      faultAt: outcome.faultAt,
      ratePerS,
      wait,
      reads: this.#probe.reads,
      readBackFrom: master.name,
      ...(outcome.promoted === undefined ? {} : { promoted: outcome.promoted.name }),
      ...readBack,
    });
  }

  /** Stop writing, look every write up on this master, and remove the keys. */
  async readBack(
    scene: Place,
    master: Target,
  ): Promise<Pick<Ledger, 'writes' | 'isKept' | 'whyGone' | 'evictions' | 'cost'>> {
    const cost = await this.#stop();
    const writes = this.#writes();
    scene.context.progress.stage(`Looking up ${writes.length} writes on ${master.name}`);
    const kept = await this.#lookUp(scene, master, writes);
    const lookedUpAt = Date.now();
    const evictions = evictionsIn({ before: this.#memory, after: await memoryOf(scene) });
    await this.#remove(scene, master, writes);
    scene.context.progress.done();
    return {
      writes,
      isKept: (write) => kept.has(this.#keyOf(write)),
      whyGone: whyGone(this.#expiryS, lookedUpAt, evictions),
      evictions,
      cost,
    };
  }

  /**
   * Stop on the way out of a failure, and remove what was written. A master that has just come
   * back may refuse that for a moment, as it refuses any write until it hears from its replicas.
   */
  async abandon(scene: Place): Promise<void> {
    await this.#stop().catch(() => undefined);
    await waitFor(
      async () => {
        const masters = await mastersOf(scene);
        const removed = masters.map((node) => this.#remove(scene, node, this.#writes()));
        return masters.length > 0 && !(await Promise.all(removed)).includes(false)
          ? true
          : undefined;
      },
      { deadline: Date.now() + REMOVE_MS, everyMs: 100, signal: NEVER },
    );
  }

  async #stop() {
    this.#isolated?.close();
    return this.#probe.stop();
  }

  #writes(): ProbeWrite[] {
    return [...this.#probe.writes, ...(this.#isolated?.writes ?? [])];
  }

  async #awaitBaseline({ context }: Place): Promise<void> {
    const follower = () => this.#probe.writes.filter(({ side }) => side === 'follower');
    const begun = await waitFor(
      async () => {
        const first = follower().find(({ outcome }) => outcome === 'ok');
        return first !== undefined && Date.now() - first.endedAt > BASELINE_MS ? true : undefined;
      },
      { deadline: Date.now() + START_MS, everyMs: 20, signal: context.signal },
    );
    if (begun) return;
    const why = follower().at(-1)?.why ?? 'no connection';
    throw new RsentError('refused', `The probe could not write through the Sentinels: ${why}.`, {
      hint: 'Nothing was done. rsent status NAME shows what is wrong; --rate 0 drills without a probe.',
    });
  }

  async #lookUp(scene: Place, master: Target, writes: readonly ProbeWrite[]): Promise<Set<string>> {
    const client = scene.observer.client(master);
    const kept = new Set<string>();
    for (const keys of this.#batches(writes)) {
      const values = await client.call('MGET', ...keys);
      if (!Array.isArray(values)) throw new Error(`MGET on ${master.name} gave no list`);
      keys.forEach((key, i) => {
        if (values[i] !== null) kept.add(key);
      });
    }
    return kept;
  }

  /** True when all are gone. What cannot be removed goes away by itself: every key expires. */
  async #remove(scene: Place, master: Target, writes: readonly ProbeWrite[]): Promise<boolean> {
    const client = scene.observer.client(master);
    for (const keys of this.#batches(writes)) {
      const { unlink } = await client.ask({ unlink: ['UNLINK', ...keys] });
      if (!unlink.ok) return false;
    }
    return true;
  }

  #batches(writes: readonly ProbeWrite[]): string[][] {
    const keys = writes.map((write) => this.#keyOf(write));
    return Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, i) =>
      keys.slice(i * BATCH, (i + 1) * BATCH),
    );
  }

  #keyOf(write: ProbeWrite): string {
    return probeKey(this.#keyPrefix, write);
  }
}

async function mastersOf({ record, observer }: Place): Promise<Target[]> {
  const answers = await Promise.all(
    ofKind(record.placement.nodes, 'redis').map(async (node) => {
      const { role } = await observer.client(node).ask({ role: ['ROLE'] });
      return roleOf(role) === 'master' ? [node] : [];
    }),
  );
  return answers.flat();
}

/** Addresses of containers on another machine are true for its containers; the probe is here. */
function routesOf({ context, record }: Place) {
  const { form, nodes } = record.placement;
  if (context.engine.local || form !== 'bridge') return {};
  const routes = nodes.map(({ address, published }) => {
    return [addressText(address), fromHere(published)] as const;
  });
  return { routes: Object.fromEntries(routes) };
}
