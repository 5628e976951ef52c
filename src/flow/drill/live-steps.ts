import { type Recording, stepsOf } from '../../drill/timeline.js';
import type { FailoverStep, SentinelEvent, StepNumber } from '../../model/timeline.js';
import type { Address } from '../../model/topology.js';

/** Tells each step of a failover once, as soon as the events show its first sign. */
export class LiveSteps {
  readonly #victim: { readonly address: Address };
  readonly #events: SentinelEvent[];
  readonly #onStep: (step: FailoverStep) => void;
  readonly #told = new Set<StepNumber>();
  #recording: Pick<Recording, 'faultAt' | 'requestedOf' | 'rejoinedAt'> | undefined;

  /** @param events where heard events are collected */
  constructor(
    victim: { readonly address: Address },
    events: SentinelEvent[],
    options: { readonly onStep: (step: FailoverStep) => void },
  ) {
    this.#victim = victim;
    this.#events = events;
    this.#onStep = options.onStep;
  }

  /** The fault has been made (Date.now()), or the hand-over asked for of this Sentinel. */
  begin(faultAt: number, requestedOf?: string): void {
    this.#recording = { faultAt, ...(requestedOf === undefined ? {} : { requestedOf }) };
    this.#tell();
  }

  hear(event: SentinelEvent): void {
    this.#events.push(event);
    this.#tell();
  }

  /** The old master is back in sync. */
  rejoined(rejoinedAt: number): void {
    if (this.#recording === undefined) return;
    this.#recording = { ...this.#recording, rejoinedAt };
    this.#tell();
  }

  #tell(): void {
    if (this.#recording === undefined) return;
    const recording = { ...this.#recording, victim: this.#victim.address, events: this.#events };
    for (const step of stepsOf(recording)) {
      if (this.#told.has(step.step)) continue;
      this.#told.add(step.step);
      this.#onStep(step);
    }
  }
}
