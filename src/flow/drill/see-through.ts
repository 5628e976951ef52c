import {
  MORE_THAN_ANY,
  type Promotion,
  promotionOf,
  type RoleSeen,
} from '../../drill/hand-over.js';
import { roleOf } from '../../health/parse-info.js';
import { textOf } from '../../health/raw.js';
import { RsentError } from '../../model/errors.js';
import { ofKind, sameAddress } from '../../model/topology.js';
import type { Target } from '../observe.js';
import { NEVER, waitFor } from '../wait.js';
import { type HandOverScene, sentinelViews } from './scene.js';

const POLL_MS = 10;
/** The Sentinels are asked less often: a replica says some 0.8 s before them that it is master. */
const LOOK_MS = 250;
/** A Sentinel that stalls does nothing for this long afterwards (sentinel.c, tilt_period). */
const TILT_MS = 30_000;
/** Beyond what Sentinel itself needs: its ticks and a slow machine. */
const PATIENCE_MS = 10_000;

/**
 * Wait for the promotion that a Sentinel was asked for, whatever the user does meanwhile: half a
 * hand-over is two masters.
 * @param release gives the old master its writes back; done only when no promotion can come
 * @returns who was promoted
 * @throws RsentError `unhealthy` when the Sentinel gave it up, with writes given back; or when that
 * is not certain in time, with writes held back still
 */
export async function seeThrough(
  scene: HandOverScene,
  leader: Target,
  release: () => Promise<void>,
): Promise<Target> {
  // Each of the two stages in which Sentinel waits for the replica ends with this time-out.
  const longestMs = 2 * scene.record.spec.timing.failoverTimeoutMs + TILT_MS + PATIENCE_MS;
  const wait = new Wait(scene, leader);
  const deadline = Date.now() + longestMs;
  const end = await waitFor(() => wait.next(), { deadline, everyMs: POLL_MS, signal: NEVER });
  if (end === undefined) throw undecided(scene, leader, wait.why);
  if (end !== 'given up') return end;
  await release();
  throw new RsentError(
    'unhealthy',
    `${leader.name} did not carry out the failover: no replica became master.`,
    {
      hint: `${scene.master.name} is still the master, and takes writes again; no client was disconnected. rsent status ${scene.expectation.topology} shows more.`,
    },
  );
}

class Wait {
  why = 'nobody was promoted';
  readonly #scene: HandOverScene;
  readonly #leader: Target;
  #lookAt = Date.now();
  #isFenced = false;

  constructor(scene: HandOverScene, leader: Target) {
    this.#scene = scene;
    this.#leader = leader;
  }

  /** Who was promoted, or that nobody will be; undefined while that is open. */
  async next(): Promise<Target | 'given up' | undefined> {
    const roles = await rolesOf(this.#scene);
    const isDue = Date.now() >= this.#lookAt || roles.some(({ role }) => role === 'master');
    if (!isDue) return undefined;
    const views = await sentinelViews(this.#scene);
    this.#lookAt = Date.now() + LOOK_MS;
    const { master } = this.#scene;
    return this.#follow(promotionOf(master.address, this.#leader.name, views, roles));
  }

  async #follow(promotion: Promotion): Promise<Target | 'given up' | undefined> {
    const { record, context, master, observer } = this.#scene;
    const { nodes } = record.placement;
    switch (promotion.is) {
      case 'promoted':
        return nodes.find(({ address }) => sameAddress(address, promotion.address));
      case 'under way':
        this.#isFenced = false;
        this.why = promotion.why;
        context.progress.detail(promotion.why);
        return undefined;
      case 'stray': {
        const stray = nodes.find(({ name }) => name === promotion.name);
        const { ip, port } = master.address;
        // As Sentinel itself would do some 8 s later (sentinel.c, +convert-to-slave).
        if (stray) await observer.client(stray).ask({ reply: ['REPLICAOF', ip, port] });
        this.why = `${promotion.name} says that it is master, and no Sentinel agrees`;
        return undefined;
      }
      case 'given up':
        if (this.#isFenced) return 'given up';
        this.#isFenced = await fence(this.#scene);
        this.#lookAt = Date.now();
        return undefined;
    }
  }
}

async function rolesOf({ observer, record, master }: HandOverScene): Promise<RoleSeen[]> {
  const replicas = ofKind(record.placement.nodes, 'redis').filter(
    ({ name }) => name !== master.name,
  );
  return Promise.all(
    replicas.map(async ({ name, address, ...node }) => {
      const { role } = await observer.client(node).ask({ role: ['ROLE'] });
      const known = roleOf(role);
      return known === '' ? { name, address } : { name, address, role: known };
    }),
  );
}

/**
 * Break the Sentinels' connections to the replicas, which they make again at once: an order to
 * become master that is still on its way over one of them arrives nowhere then.
 * @returns false when a replica could not be asked
 */
async function fence({ observer, record, master }: HandOverScene): Promise<boolean> {
  const replicas = ofKind(record.placement.nodes, 'redis').filter(
    ({ name }) => name !== master.name,
  );
  const done = await Promise.all(
    replicas.map(async (node) => {
      const client = observer.client(node);
      const { list } = await client.ask({ list: ['CLIENT', 'LIST'] });
      const text = textOf(list);
      if (text === undefined) return false;
      const killed = await client.askAtOnce(
        sentinelLinks(text).map((id) => ['CLIENT', 'KILL', 'ID', id] as const),
      );
      return killed.every(({ ok }) => ok);
    }),
  );
  return done.every((each) => each);
}

/** Ids of the connections that Sentinels have named (sentinel.c, sentinelSetClientName). */
function sentinelLinks(clients: string): string[] {
  return clients.split('\n').flatMap((line) => {
    const id = /^id=(\d+) /.exec(line)?.[1];
    return id !== undefined && / name=sentinel-[0-9a-f]+-cmd /.test(line) ? [id] : [];
  });
}

function undecided(
  { master, expectation }: HandOverScene,
  leader: Target,
  why: string,
): RsentError {
  return new RsentError(
    'unhealthy',
    `It is not certain yet whether ${leader.name} carries out the failover: ${why}.`,
    {
      hint: `${master.name} refuses writes meanwhile (min-replicas-to-write ${MORE_THAN_ANY}), so that none is lost. rsent up ${expectation.topology} puts that back once no failover is under way.`,
    },
  );
}
