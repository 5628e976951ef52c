import type { Redis } from 'ioredis';
import type { Credentials } from '../model/access.js';
import { ASK_TIMEOUT_MS } from '../model/constants.js';
import { late as lateWords } from '../model/no-answer.js';
import type { Replies, Reply } from '../model/observation.js';
import { type Address, addressText } from '../model/topology.js';
import { unaskedWords } from './greeting.js';
import { HUNG_UP, reasonOf, Unanswered } from './reasons.js';
import { replyBegins } from './reply-limit.js';

/** A command with its arguments, as typed in redis-cli. */
export type Command = readonly [string, ...(string | number)[]];

/** Loading the library takes a while, which most verbs have only once the engine is at work. */
export function connecting(): Promise<typeof import('./connection.js')> {
  return import('./connection.js');
}

/**
 * One node over one connection that is kept open and opened again when it was lost. No question
 * takes longer than the limit; what is not answered by then is an error reply, never a hang.
 */
export class NodeClient {
  readonly #address: Address;
  readonly #credentials: Credentials;
  readonly #limitMs: number;
  #client: Redis | undefined;
  #connecting: Promise<Redis> | undefined;
  /** Why connections were closed from here: all who still wait on one are told that. */
  readonly #givenUp = new WeakMap<Redis, Reply>();

  /** @param credentials what the server wants to be told before it answers */
  constructor(address: Address, credentials: Credentials = {}, limitMs = ASK_TIMEOUT_MS) {
    this.#address = address;
    this.#credentials = credentials;
    this.#limitMs = limitMs;
  }

  /** Ask several questions at once; each gets its own reply or the reason why there is none. */
  async ask<Question extends string>(
    commands: Readonly<Record<Question, Command>>,
  ): Promise<Replies<Question>> {
    const questions = Object.entries<Command>(commands);
    const isNew = this.#client?.status !== 'ready';
    const replies = await this.#inTime(isNew, async () => {
      const client = await this.#connected();
      const own = await Promise.all(questions.map(([, command]) => send(client, command)));
      const given = this.#givenUp.get(client);
      return given === undefined ? own : own.map((reply) => (isHungUp(reply) ? given : reply));
    });
    const told = isNew ? await this.#whyHungUp(replies) : undefined;
    const entries = questions.map(([question], i) => {
      const reply = Array.isArray(replies) ? replies[i] : replies;
      return [question, reply !== undefined && isHungUp(reply) ? (told ?? reply) : reply] as const;
    });
    return Object.fromEntries(entries) as Replies<Question>;
  }

  /**
   * The same in one piece: the server does them one right after the other, and nothing of anybody
   * else's in between (as long as they fit into what it reads at once, 16 kB).
   */
  async askAtOnce(commands: readonly Command[]): Promise<Reply[]> {
    const replies = await this.#inTime(false, async () => {
      const client = await this.#connected();
      const pipeline = client.pipeline();
      for (const [name, ...args] of commands) pipeline.call(name, ...args);
      const results = await pipeline.exec();
      return (results ?? []).map(([error, value]): Reply => {
        if (error === null) return { ok: true, value };
        return { ok: false, error: reasonOf(error, this.#credentials.password) };
      });
    });
    return Array.isArray(replies) ? replies : commands.map(() => replies);
  }

  /**
   * Send one command and give its reply.
   * @throws Error with the server's own words, or why the node could not be asked
   */
  async call(...command: Command): Promise<unknown> {
    const { reply } = await this.ask({ reply: command });
    if (reply.ok) return reply.value;
    throw new Error(`${addressText(this.#address)}: ${command[0]}: ${reply.error}`);
  }

  /** Notes when the connection breaks, as it does at the server's death; `at` is Date.now(). */
  async onClose(): Promise<{ at(): number | undefined }> {
    const client = await this.#connected();
    let closedAt: number | undefined;
    client.once('close', () => {
      closedAt = Date.now();
    });
    return { at: () => closedAt };
  }

  close(): void {
    // Disconnecting a closed connection would only keep a timer of two seconds alive.
    if (this.#client?.status !== 'end') this.#client?.disconnect();
    this.#client = undefined;
  }

  /** One connection for all who ask at once; a broken one is replaced at the next question. */
  #connected(): Promise<Redis> {
    if (this.#client?.status === 'ready') {
      replyBegins(this.#client);
      return Promise.resolve(this.#client);
    }
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<Redis> {
    this.close();
    const { newConnection, open } = await connecting();
    const client = newConnection(this.#address, this.#credentials, this.#limitMs);
    this.#client = client;
    await open(client);
    return client;
  }

  /**
   * A server without room for one more client says so and hangs up before it is asked anything
   * (networking.c, acceptCommonHandler); the library only sees a lost connection.
   */
  async #whyHungUp(replies: Reply[] | Reply): Promise<Reply | undefined> {
    if (this.#credentials.ca !== undefined || ![replies].flat().some(isHungUp)) return undefined;
    const words = await unaskedWords(this.#address);
    return words === undefined ? undefined : { ok: false, error: words };
  }

  /**
   * The replies, or the one error that stands for all of them.
   * @param isNew nothing was ever answered on this connection
   */
  async #inTime(isNew: boolean, act: () => Promise<Reply[]>): Promise<Reply[] | Reply> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const giveUp = () => {
        const isTaken = isNew && this.#client?.status === 'ready';
        reject(new Unanswered(lateWords(this.#limitMs, isTaken)));
      };
      timer = setTimeout(giveUp, this.#limitMs);
    });
    try {
      return await Promise.race([act(), late]);
    } catch (error) {
      const given = { ok: false, error: reasonOf(error, this.#credentials.password) } as const;
      if (this.#client !== undefined) this.#givenUp.set(this.#client, given);
      this.close();
      return given;
    } finally {
      clearTimeout(timer);
    }
  }
}

function isHungUp(reply: Reply): boolean {
  return !reply.ok && reply.error === HUNG_UP;
}

/**
 * True for a server's own words: an error reply begins with its code in capitals (redis.io/docs,
 * RESP, simple errors). Anything else means that no reply came.
 */
export function isErrorReply(text: string): boolean {
  return /^-?[A-Z]{3,}\b/.test(text);
}

async function send(client: Redis, [name, ...args]: Command): Promise<Reply> {
  try {
    return { ok: true, value: await client.call(name, ...args) };
  } catch (error) {
    return { ok: false, error: reasonOf(error, client.options.password) };
  }
}
