import { Silence } from './silence.js';

/**
 * Whether the engine is alive. `GET /_ping` takes no lock in it, so an engine that is busy answers
 * it and one that is frozen does not. All who wait for something share one ping.
 */
export class Pulse {
  /** How often those who wait ask, and how long a ping may take (ms). */
  readonly everyMs: number;
  readonly #ping: () => Promise<void>;
  #pinging: Promise<void> | undefined;

  /** @param ping resolves when the engine has answered one */
  constructor(ping: () => Promise<void>, everyMs: number) {
    this.#ping = ping;
    this.everyMs = everyMs;
  }

  /**
   * Resolves when the engine answers.
   * @throws Silence when it says nothing; else what its connection failed with
   */
  beat(): Promise<void> {
    this.#pinging ??= this.#inTime().finally(() => {
      this.#pinging = undefined;
    });
    return this.#pinging;
  }

  async #inTime(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const isLate = () => reject(new Silence(2 * this.everyMs, false));
      // After a stop of this process the timer is over, and the answer has come: it is read first.
      timer = setTimeout(() => setImmediate(isLate), this.everyMs);
    });
    await Promise.race([this.#ping(), late]).finally(() => clearTimeout(timer));
  }
}
