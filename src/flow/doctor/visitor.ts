import { mayHear, type NamedBy, WITHHELD } from '../../health/doctor/trust.js';
import {
  isSentinel,
  mastersIn,
  redisVisit,
  type SentinelVisit,
  sentinelVisit,
  silence,
  type Visit,
} from '../../health/doctor/visit.js';
import { asStranger, type Credentials } from '../../model/access.js';
import type { Greeting } from '../../model/examination.js';
import { type Address, addressText } from '../../model/topology.js';
import { REDIS_QUESTIONS, SETTING_QUESTIONS, sentinelQuestions } from '../../redis/ask.js';
import type { Command, NodeClient } from '../../redis/client.js';
import { Clients } from '../../redis/clients.js';
import { greet } from '../../redis/greeting.js';

const MASTERS: Command = ['SENTINEL', 'MASTERS'];
const FLUSH: Command = ['SENTINEL', 'FLUSHCONFIG'];

export interface VisitorOptions {
  /** What is said to those who do not talk to strangers. */
  readonly credentials: Credentials;
  /** Where this machine dials an address. */
  readonly door: (address: Address) => Address;
  /** Have every Sentinel save its conf: that writes. */
  readonly flush: boolean;
  /** Who is dialled at all; absent: everyone. */
  readonly dials?: (address: Address) => boolean;
}

interface Welcome {
  readonly greeting: Greeting;
  readonly client: NodeClient;
  readonly credentials: Credentials;
  readonly isSentinel: boolean;
}

/**
 * Asks whoever is at an address, with commands that only read, over connections that it keeps. It
 * introduces itself only where it must, and only to whom `mayHear` lets it.
 */
export class Visitor {
  readonly #options: VisitorOptions;
  readonly #clients = new Clients();
  /** With what a server let us in. */
  readonly #keys = new Map<string, Credentials>();

  constructor(options: VisitorOptions) {
    this.#options = options;
  }

  /** What is at this address, and what it says about this master. */
  async visit(address: Address, masterName: string, named: NamedBy): Promise<Visit> {
    const welcome = await this.#enter(address, named);
    if ('kind' in welcome) return welcome;
    const { client, greeting } = welcome;
    const at = { address, greeting };
    if (!welcome.isSentinel) {
      return redisVisit(at, await client.ask({ ...REDIS_QUESTIONS, ...SETTING_QUESTIONS }));
    }
    const questions = { ...sentinelQuestions(masterName), masters: MASTERS };
    return this.#options.flush
      ? sentinelVisit(at, await client.ask({ ...questions, flush: FLUSH }))
      : sentinelVisit(at, await client.ask(questions));
  }

  /** The masters of a Sentinel that the user has named; the silent visit says why not, 'redis' that it is a data node. */
  async masters(
    address: Address,
  ): Promise<SentinelVisit['masters'] | Extract<Visit, { kind: 'silent' }> | 'redis'> {
    const welcome = await this.#enter(address, 'user');
    if ('kind' in welcome) return welcome;
    if (!welcome.isSentinel) return 'redis';
    return mastersIn(await welcome.client.ask({ masters: MASTERS }));
  }

  /** Where to dial an address that has let us in, and with what. */
  keyOf(address: Address): { readonly door: Address; readonly credentials: Credentials } {
    return {
      door: this.#options.door(address),
      credentials: this.#keys.get(addressText(address)) ?? {},
    };
  }

  close(): void {
    this.#clients.close();
  }

  async #enter(
    address: Address,
    named: NamedBy,
  ): Promise<Welcome | Extract<Visit, { kind: 'silent' }>> {
    if (this.#options.dials?.(address) === false) {
      return { kind: 'silent', address, why: 'it is not of this topology, and was not asked' };
    }
    const greeting = await greet(this.#options.door(address));
    if ('why' in greeting) return { kind: 'silent', address, why: greeting.why };
    const silent = { kind: 'silent', address, greeting } as const;
    if (greeting.denied) return { ...silent, why: 'protected mode' };
    const { ca } = this.#options.credentials;
    if (greeting.tls && ca === undefined) return { ...silent, why: 'it speaks TLS' };
    const isPlain = ca !== undefined && !greeting.tls;
    let refused: Visit = { ...silent, why: isPlain ? WITHHELD.plain : WITHHELD.unnamed };
    for (const credentials of this.#tries(greeting, named)) {
      const client = this.#clients.at(this.#options.door(address), credentials);
      const replies = await client.ask({ info: ['INFO'] });
      const kind = isSentinel(replies);
      if (kind !== undefined) {
        this.#keys.set(addressText(address), credentials);
        return { greeting, client, credentials, isSentinel: kind };
      }
      refused = silence({ address, greeting }, replies);
    }
    return refused;
  }

  /** As a stranger where strangers are welcome; else, or where that is not enough, by name. */
  #tries(greeting: Greeting, named: NamedBy): Credentials[] {
    const { username, password, ...trust } = this.#options.credentials;
    const stranger = greeting.tls ? asStranger(trust) : {};
    const known = {
      ...stranger,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    };
    if (password === undefined) return [stranger];
    const asKnown = mayHear(named, greeting, this.#options.credentials) ? [known] : [];
    return greeting.open ? [stranger, ...asKnown] : asKnown;
  }
}
