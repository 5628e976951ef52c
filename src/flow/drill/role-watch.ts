import { setTimeout as sleep } from 'node:timers/promises';
import type { RoleSample } from '../../drill/roles.js';
import type { Reply } from '../../model/observation.js';
import type { Observer, Target } from '../observe.js';

const EVERY_MS = 100;

/** Asks every node again and again what it is, until it is stopped. */
export class RoleWatch {
  readonly samples: RoleSample[] = [];
  readonly #observer: Observer;
  readonly #ending = new AbortController();

  constructor(observer: Observer, targets: readonly Target[]) {
    this.#observer = observer;
    for (const target of targets) void this.#watch(target);
  }

  stop(): void {
    this.#ending.abort();
  }

  async #watch(target: Target): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const askedAt = Date.now();
      const { role } = await this.#observer
        .client(target)
        .ask({ role: target.kind === 'redis' ? ['ROLE'] : ['PING'] });
      // What did not answer was silent from the question on, not from when the wait was over.
      const at = role.ok ? Date.now() : askedAt;
      if (!signal.aborted) this.samples.push({ at, node: target.name, role: roleOf(target, role) });
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The answer to ROLE (redis.io/commands/role): the fourth field of a replica is its link's state. */
function roleOf(target: Target, reply: Reply): RoleSample['role'] {
  if (!reply.ok) return 'silent';
  if (target.kind === 'sentinel') return 'sentinel';
  if (!Array.isArray(reply.value)) return 'silent';
  const [role, , , state] = reply.value;
  if (role === 'master') return 'master';
  return state === 'connected' ? 'replica' : 'syncing';
}
