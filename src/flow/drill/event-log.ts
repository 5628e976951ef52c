import type { Access } from '../../model/access.js';
import type { Observation } from '../../model/observation.js';
import type { FailoverStep, SentinelEvent } from '../../model/timeline.js';
import { fromHere, ofKind } from '../../model/topology.js';
import { type Listener, listen } from '../../redis/events.js';
import type { Target } from '../observe.js';
import { LiveSteps } from './live-steps.js';
import type { Moments } from './scene.js';

/** A time in which a Sentinel could not be heard (Date.now(), ms). */
export interface Unheard {
  readonly sentinel: string;
  readonly fromAt: number;
  /** Absent while it lasts. */
  readonly toAt?: number;
}

/** Everything that the Sentinels say during a drill, and when nothing could be heard of one. */
export class EventLog implements Moments {
  readonly events: SentinelEvent[] = [];
  readonly unheard: Unheard[] = [];
  readonly #listeners: Listener[] = [];
  #live: LiveSteps | undefined;

  /** Listen to every Sentinel that answers. */
  async listen(
    targets: readonly Target[],
    { sentinel: credentials }: Access,
    { nodes }: Observation,
    master: Target,
    onStep: (step: FailoverStep) => void,
  ): Promise<void> {
    const live = new LiveSteps(master, this.events, { onStep });
    this.#live = live;
    const reached = nodes.filter(({ answer }) => answer.reached).map(({ name }) => name);
    const sentinels = ofKind(targets, 'sentinel').filter(({ name }) => reached.includes(name));
    await Promise.all(
      sentinels.map(async ({ name, published }) => {
        const hearing = {
          onEvent: (event: SentinelEvent) => live.hear(event),
          onLost: (fromAt: number) => void this.unheard.push({ sentinel: name, fromAt }),
          onBack: (toAt: number) => this.#heardAgain(name, toAt),
        };
        this.#listeners.push(await listen(name, fromHere(published), credentials, hearing));
      }),
    );
  }

  begin(faultAt: number, requestedOf?: string): void {
    this.#live?.begin(faultAt, requestedOf);
  }

  rejoined(at: number): void {
    this.#live?.rejoined(at);
  }

  close(): void {
    for (const listener of this.#listeners) listener.close();
  }

  #heardAgain(sentinel: string, toAt: number): void {
    const i = this.unheard.findLastIndex((each) => each.sentinel === sentinel);
    const last = this.unheard[i];
    if (last !== undefined && last.toAt === undefined) this.unheard[i] = { ...last, toAt };
  }
}
