import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import {
  type ClientSide,
  PROBE,
  type ProbeRead,
  type ProbeWrite,
  probeKey,
} from '../../model/client.js';
import { type Said, writeAll } from './link.js';
import type { ProbeOrder } from './messages.js';

/** For the last answers, when the writing ends (ms). */
const FINISH_MS = 500;
/** A connection counts as new for so long (ms). */
const NEW_MS = 2000;

/**
 * Something that is asked again and again, several questions at once, each with an answer of its
 * own. To wake up once for ten questions costs a fraction of what waking up ten times does.
 */
abstract class Paced {
  protected readonly client: Redis;
  /** When the present connection was made (Date.now(), ms). */
  protected readyAt = 0;
  readonly #awaited = new Map<number, number>();
  #turn = 0;
  #isClosing = false;

  /** @param onReady called whenever there is a connection again */
  constructor(client: Redis, onReady: () => void) {
    this.client = client;
    // A client that was without a connection does not wait for its next turn.
    client.on('ready', () => {
      this.readyAt = Date.now();
      if (!this.#isClosing) onReady();
    });
  }

  /** Ask so often, unless answers are still awaited; give up on those that are overdue. */
  tick(now: number, times: number): void {
    const [oldest] = this.#awaited.values();
    if (oldest === undefined) this.#askAll(now, times);
    else if (now - oldest > PROBE.giveUpMs)
      this.#giveUp(now, `no answer within ${PROBE.giveUpMs} ms`);
  }

  /** Ask no more, and wait a moment for what is under way: it may be executed still. */
  async finish(): Promise<void> {
    this.#isClosing = true;
    const deadline = Date.now() + FINISH_MS;
    while (this.#awaited.size > 0 && Date.now() < deadline) await sleep(FINISH_MS / 50);
    this.close();
  }

  /** Answers that are still awaited will never be known. */
  close(): void {
    this.#isClosing = true;
    this.#giveUp(Date.now(), 'the drill ended before the answer');
    // From now on its end is wanted.
    this.client.removeAllListeners('end');
    this.client.disconnect();
  }

  protected abstract ask(turns: readonly number[]): readonly Promise<Said>[];
  protected abstract keep(turn: number, said: Said, askedAt: number, endedAt: number): void;

  #askAll(now: number, times: number): void {
    const turns = Array.from({ length: times }, () => ++this.#turn);
    this.ask(turns).forEach((asked, i) => {
      const turn = turns[i] ?? 0;
      this.#awaited.set(turn, now);
      void asked.then((said) => {
        // An answer that comes after the client gave up changes nothing any more.
        if (this.#awaited.delete(turn)) this.keep(turn, said, now, Date.now());
      });
    });
  }

  #giveUp(now: number, why: string): void {
    const said = { outcome: 'unknown', why } as const;
    for (const [turn, askedAt] of this.#awaited) this.keep(turn, said, askedAt, now);
    this.#awaited.clear();
    this.client.disconnect(true);
  }
}

/** Writes one numbered key after the other. */
export class Writer extends Paced {
  readonly #order: ProbeOrder;
  readonly #side: ClientSide;
  readonly #writes: ProbeWrite[];
  #isRefused = false;
  /** Key of the last acknowledged write. */
  lastKey: string | undefined;

  /** @param writes where writes are collected once their outcome is known */
  constructor(client: Redis, order: ProbeOrder, side: ClientSide, writes: ProbeWrite[]) {
    super(client, () => this.tick(Date.now(), 1));
    this.#order = order;
    this.#side = side;
    this.#writes = writes;
  }

  /** True while a connection that is new is refused writes: a new master waits for its replicas. */
  isRefusedYet(now: number): boolean {
    return this.#isRefused && this.client.status === 'ready' && now - this.readyAt < NEW_MS;
  }

  protected ask(turns: readonly number[]): readonly Promise<Said>[] {
    const keys = turns.map((n) => this.#key(n));
    return writeAll(this.client, this.#order, keys);
  }

  protected keep(n: number, said: Said, issuedAt: number, endedAt: number): void {
    this.#isRefused = said.outcome === 'fail';
    if (said.outcome === 'ok') this.lastKey = this.#key(n);
    this.#writes.push({ n, side: this.#side, issuedAt, endedAt, ...said });
  }

  #key(n: number): string {
    return probeKey(this.#order.keyPrefix, { side: this.#side, n });
  }
}

/** Reads through a replica what was acknowledged last. */
export class Reader extends Paced {
  readonly #latest: () => string | undefined;
  readonly #reads: ProbeRead[];
  #found = false;

  constructor(client: Redis, latest: () => string | undefined, reads: ProbeRead[]) {
    super(client, () => {});
    this.#latest = latest;
    this.#reads = reads;
  }

  protected ask(turns: readonly number[]): readonly Promise<Said>[] {
    const key = this.#latest();
    return key === undefined ? [] : turns.map(() => this.#read(key));
  }

  async #read(key: string): Promise<Said> {
    if (this.client.status !== 'ready') return { outcome: 'fail', why: 'no connection' };
    try {
      this.#found = (await this.client.call('GET', key)) !== null;
      return { outcome: 'ok' };
    } catch {
      return { outcome: 'fail', why: 'error' };
    }
  }

  protected keep(_turn: number, { outcome }: Said, askedAt: number): void {
    const seen = this.#found ? 'ok' : 'stale';
    this.#reads.push({ at: askedAt, outcome: outcome === 'ok' ? seen : 'fail' });
  }
}
