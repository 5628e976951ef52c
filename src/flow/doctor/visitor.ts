import {
  rightsQuestions,
  sentinelUserIn,
  sentinelUsersIn,
} from '../../health/doctor/sentinel-users.js';
import { mayHear, type NamedBy } from '../../health/doctor/trust.js';
import {
  isSentinel,
  mastersIn,
  redisVisit,
  sentinelVisit,
  silence,
  type Visit,
} from '../../health/doctor/visit.js';
import { peerFactsIn, peerUserIn } from '../../health/doctor/votes.js';
import { type Access, asStranger, type Credentials } from '../../model/access.js';
import type { Greeting, PeerFacts, SentinelUser } from '../../model/examination.js';
import { SAID } from '../../model/no-answer.js';
import { type Address, addressText } from '../../model/topology.js';
import {
  PEER_QUESTIONS,
  REDIS_QUESTIONS,
  SETTING_QUESTIONS,
  sentinelQuestions,
  voteQuestion,
} from '../../redis/ask.js';
import type { Command, NodeClient } from '../../redis/client.js';
import { Clients } from '../../redis/clients.js';
import { greet } from '../../redis/greeting.js';

const MASTERS: Command = ['SENTINEL', 'MASTERS'];
const NAMES: Command = ['SENTINEL', 'CONFIG', 'GET', 'resolve-hostnames'];
const GUESTS: Command = ['CLIENT', 'LIST', 'TYPE', 'normal'];
const FLUSH: Command = ['SENTINEL', 'FLUSHCONFIG'];

export interface VisitorOptions {
  /** What is said to those who do not talk to strangers: to Sentinels, and to data nodes. */
  readonly access: DoorKeys;
  /** Where this machine dials an address. */
  readonly door: (address: Address) => Address;
  /** Have every Sentinel save its conf: that writes. */
  readonly flush: boolean;
  /** Who is dialled at all; absent: everyone. */
  readonly dials?: (address: Address) => boolean;
}

/** What opens each kind of server; both believe in the same authority. */
export type DoorKeys = Pick<Access, 'redis' | 'sentinel'>;

/** What an address is said to be; undefined where nobody said it. */
type Kind = 'redis' | 'sentinel' | undefined;

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
  async visit(
    address: Address,
    masterName: string,
    named: NamedBy,
    kind?: 'redis' | 'sentinel',
  ): Promise<Visit> {
    const welcome = await this.#enter(address, named, kind);
    if ('kind' in welcome) return welcome;
    const { client, greeting } = welcome;
    const at = { address, greeting };
    if (!welcome.isSentinel) {
      return redisVisit(at, await client.ask({ ...REDIS_QUESTIONS, ...SETTING_QUESTIONS }));
    }
    const questions = { ...sentinelQuestions(masterName), masters: MASTERS, names: NAMES };
    const replies = this.#options.flush
      ? await client.ask({ ...questions, flush: FLUSH })
      : await client.ask(questions);
    const found = sentinelVisit(at, replies);
    if (found.kind !== 'sentinel' || found.facts.handsOut === undefined) return found;
    return { ...found, peering: await peeringOf(welcome, found.facts.handsOut) };
  }

  /** Names of the masters of a Sentinel that the user has named, or what is there instead. */
  async masters(
    address: Address,
  ): Promise<{ readonly names: readonly string[] } | { readonly why: string } | { redis: true }> {
    const welcome = await this.#enter(address, 'user', 'sentinel');
    if ('kind' in welcome) return { why: welcome.why };
    if (!welcome.isSentinel) return { redis: true };
    const masters = mastersIn(await welcome.client.ask({ masters: MASTERS }));
    return { names: masters.map(({ name }) => name) };
  }

  /** As whom Sentinels are logged in at a data node that has let us in, and what they may not do there. */
  async sentinelUsers(address: Address): Promise<SentinelUser[]> {
    const { door, credentials } = this.keyOf(address);
    const client = this.#clients.at(door, credentials);
    const { guests } = await client.ask({ guests: GUESTS });
    const users = await Promise.all(
      sentinelUsersIn(guests).map(async (name) =>
        sentinelUserIn(name, await client.ask(rightsQuestions(name))),
      ),
    );
    return users.filter((user) => user !== undefined);
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
    as: Kind,
  ): Promise<Welcome | Extract<Visit, { kind: 'silent' }>> {
    if (this.#options.dials?.(address) === false) {
      return { kind: 'silent', address, why: 'it is not of this topology, and was not asked' };
    }
    // Both believe the same, and show the same.
    const { ca, own } = this.#options.access.redis;
    const greeting = await greet(this.#options.door(address), undefined, own);
    if ('why' in greeting) return { kind: 'silent', address, why: greeting.why };
    const silent = { kind: 'silent', address, greeting } as const;
    const turnedAway = awayFrom(greeting, ca !== undefined);
    if (turnedAway !== undefined) return { ...silent, why: turnedAway };
    const isPlain = ca !== undefined && !greeting.tls;
    const withheld = isPlain ? SAID['withheld-plain'] : SAID['withheld-unnamed'];
    let refused: Visit = { ...silent, why: greeting.words ?? withheld };
    if (greeting.closed && this.#hasPassword(as)) refused = { ...silent, why: withheld };
    for (const credentials of this.#tries(greeting, named, as)) {
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

  /** Somebody who gave no password for it is told what the server said, not that it was kept from it. */
  #hasPassword(as: Kind): boolean {
    return this.#keysFor(as).some(({ password }) => password !== undefined);
  }

  /** A kind that nobody said is tried with both; no key is shown twice. */
  #keysFor(as: Kind): Credentials[] {
    const { redis, sentinel } = this.#options.access;
    if (as !== undefined) return [this.#options.access[as]];
    const isOne = redis.password === sentinel.password && redis.username === sentinel.username;
    return isOne ? [redis] : [redis, sentinel];
  }

  /** As a stranger where strangers are welcome; else, or where that is not enough, by name. */
  #tries(greeting: Greeting, named: NamedBy, as: Kind): Credentials[] {
    const stranger = greeting.tls ? asStranger(this.#options.access.redis) : {};
    const keys = this.#keysFor(as).filter(({ password }) => password !== undefined);
    if (keys.length === 0) return [stranger];
    const known = keys.flatMap((key): Credentials[] => {
      const { username, password } = key;
      if (password === undefined || !mayHear(named, greeting, key)) return [];
      return [{ ...stranger, ...(username === undefined ? {} : { username }), password }];
    });
    return greeting.closed ? known : [stranger, ...known];
  }
}

/** How a Sentinel deals with those that ask it as its peers do. */
async function peeringOf({ client, credentials }: Welcome, master: Address): Promise<PeerFacts> {
  const replies = await client.ask(PEER_QUESTIONS);
  const user = peerUserIn(replies);
  const isSame = user === (credentials.username ?? 'default');
  const { vote } = await client.ask({ vote: voteQuestion(master, isSame ? undefined : user) });
  return peerFactsIn(replies, vote, credentials.password);
}

/** Why it is no use to ask a server that greets so; undefined where it can be asked. */
function awayFrom({ tls, denied, words }: Greeting, hasAuthority: boolean): string | undefined {
  if (tls && !hasAuthority) {
    return words === SAID['certificate-required']
      ? SAID['tls-and-certificate-wanted']
      : SAID['tls-wanted'];
  }
  const isAlert = words !== undefined && Object.values<string>(SAID).includes(words);
  return denied || isAlert ? words : undefined;
}
