import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Engine } from '../engine/engine.js';
import { abilityQuestions, deniedIn } from '../health/abilities.js';
import { handedOut } from '../health/handed-out.js';
import { settingQuestions, settingsIn } from '../health/judge-settings.js';
import { parseRedis } from '../health/parse-info.js';
import { parseSentinel, type SentinelQuestion } from '../health/parse-sentinel.js';
import { certificateFacts } from '../host/certificates.js';
import type { FileStore } from '../host/file-store.js';
import { spareMemory } from '../host/memory.js';
import { type Access, asStranger } from '../model/access.js';
import { RsentError } from '../model/errors.js';
import type {
  Answer,
  Denied,
  Dial,
  NodeObservation,
  Observation,
  RedisFacts,
  Replies,
  SentinelFacts,
  WriteTrial,
} from '../model/observation.js';
import { type Address, type ContainerState, fromHere, type NodeKind } from '../model/topology.js';
import type { Expectation, ExpectedNode } from '../model/verdict.js';
import { isAtLeast } from '../model/version.js';
import { topologyLabels } from '../plan/labels.js';
import { REDIS_QUESTIONS, sentinelQuestions, TLS_QUESTIONS } from '../redis/ask.js';
import type { Command, NodeClient } from '../redis/client.js';
import { Clients } from '../redis/clients.js';
import { dialFromContainer, dialFromHere } from './dial.js';
import { joinedNow } from './joined-now.js';

/** A node to look at, with the address at which rsent itself asks it. */
export interface Target extends ExpectedNode {
  readonly published: Address;
  /** Its conf file, where the files of the topology are known. */
  readonly confFile?: string;
}

export interface Look {
  /** Also prove that every Sentinel can save its conf. Writes the conf files anew. */
  readonly flush?: boolean;
}

/**
 * Looks at a topology again and again over connections that it keeps open. All questions of a
 * round are asked at once and each has its own time limit: no dead node makes a round hang.
 */
export class Observer {
  readonly #engine: Engine;
  readonly #expectation: Expectation;
  readonly #targets: readonly Target[];
  readonly #access: Access;
  readonly #files: FileStore;
  readonly #clients = new Clients();
  /** Connections of an application: a write that is held back answers nothing else on its own. */
  readonly #writers = new Clients();

  /** @param access what every node of a kind wants to be told before it answers */
  constructor(
    engine: Engine,
    expectation: Expectation,
    targets: readonly Target[],
    access: Access,
    files: FileStore,
  ) {
    spareMemory(targets.length);
    this.#engine = engine;
    this.#expectation = expectation;
    this.#targets = targets;
    this.#access = access;
    this.#files = files;
  }

  /** One round. */
  async look(options: Look = {}): Promise<Observation> {
    const at = Date.now();
    const { states, images, image, network } = await this.#containers();
    const { pod } = this.#expectation.settings ?? {};
    const podState = pod === undefined ? {} : { pod: podOf(states.get(pod)) };
    const nodes = await Promise.all(
      this.#targets.map(async (target) => {
        const seen = await this.#observe(target, states.get(target.container), options);
        const own = images.get(target.container);
        return own === undefined ? seen : { ...seen, image: own };
      }),
    );
    return {
      at,
      nodes,
      ...podState,
      ...network,
      dials: await this.#dialAll(nodes, image, options),
    };
  }

  /** The open connection to a node, at the address where it is published. */
  client(node: { readonly published: Address; readonly kind: NodeKind }): NodeClient {
    return this.#clients.at(fromHere(node.published), this.#access[node.kind]);
  }

  /** Have the connections ready to be opened. */
  prepare(): void {
    this.#clients.prepare();
  }

  close(): void {
    this.#clients.close();
    this.#writers.close();
  }

  async #containers() {
    const rows = await this.#engine.containers(topologyLabels(this.#expectation.topology));
    const states = rows.map(({ name, state, networks, sharesNetwork }) => {
      const isCut = state === 'running' && networks.length === 0 && !sharesNetwork;
      return [name, isCut ? 'cut' : state] as const;
    });
    const images = new Map(rows.map(({ name, image }) => [name, image]));
    const image = rows[0]?.image ?? '';
    const network = await joinedNow(this.#engine, this.#expectation.settings?.joined, rows);
    return { states: new Map<string, ContainerState | 'cut'>(states), images, image, network };
  }

  async #observe(
    target: Target,
    state: ContainerState | 'cut' | undefined,
    look: Look,
  ): Promise<NodeObservation> {
    const container: NodeObservation['container'] = state ?? 'absent';
    const certified = look.flush ? await this.#certified(target) : {};
    const base = {
      name: target.name,
      container,
      ...certified,
    } as const;
    const silent = { reached: false, why: `its container is ${container}` } as const;
    const asks = container === 'running';
    return target.kind === 'redis'
      ? { ...base, kind: 'redis', answer: asks ? await this.#askRedis(target) : silent }
      : {
          ...base,
          kind: 'sentinel',
          answer: asks ? await this.#askSentinel(target, look) : silent,
        };
  }

  /** Certificates lie beside the confs, where these are known. */
  async #certified({
    confFile,
  }: Target): Promise<Pick<NodeObservation, 'certifiedUntil' | 'certifiedFor'>> {
    if (confFile === undefined || this.#access.redis.ca === undefined) return {};
    try {
      const text = await this.#files.readText(join(dirname(confFile), 'tls.crt'));
      if (text === undefined) return {};
      const { notAfterMs, ipAddresses } = certificateFacts(text);
      return { certifiedUntil: notAfterMs, certifiedFor: ipAddresses };
    } catch (error) {
      if (error instanceof RsentError && error.kind !== 'topology') throw error;
      // That is a finding of its own; it must not hide what the nodes say.
      return { certifiedUntil: 0 };
    }
  }

  async #askRedis(target: Target): Promise<Answer<RedisFacts>> {
    const isTls = this.#access.redis.ca !== undefined;
    const questions = isTls ? { ...REDIS_QUESTIONS, ...TLS_QUESTIONS } : REDIS_QUESTIONS;
    const expected = this.#expectation.settings?.redisSettings ?? [];
    const [replies, trial] = await Promise.all([
      this.client(target).ask({
        ...this.#abilities('redis'),
        ...settingQuestions(expected),
        ...questions,
      }),
      this.#tryWrite(target),
    ]);
    const answer = withDenied(parseRedis(replies), deniedIn(replies, 'redis'));
    if (!answer.reached) return answer;
    const settings = settingsIn(replies, expected);
    return { ...answer, facts: { ...answer.facts, settings, ...(trial && { trial }) } };
  }

  /**
   * Send what an application sends, as an application. With XX it changes nothing, as there is no
   * such key (redis.io/commands/set), and the server checks it as any other write.
   * @returns undefined when the application's password is not known
   */
  async #tryWrite({ published }: Target): Promise<WriteTrial | undefined> {
    const { application } = this.#access;
    const isLocked = this.#expectation.settings?.auth === true;
    if (isLocked && application.password === undefined) return undefined;
    const command: Command = ['SET', `rsent:look:${randomUUID()}`, '', 'XX'];
    const { set } = await this.#writers.at(fromHere(published), application).ask({ set: command });
    return set.ok ? { taken: true } : { taken: false, why: set.error };
  }

  async #askSentinel(target: Target, look: Look): Promise<Answer<SentinelFacts>> {
    const client = this.client(target);
    const questions = {
      ...this.#abilities('sentinel'),
      ...sentinelQuestions(this.#expectation.masterName),
    };
    const parse = (replies: Replies<SentinelQuestion>) =>
      withDenied(parseSentinel(replies), deniedIn(replies, 'sentinel'));
    if (!look.flush) return parse(await client.ask(questions));
    const before = target.confFile && (await this.#files.fileVersion(target.confFile));
    const answer = parse(await client.ask({ ...questions, flush: ['SENTINEL', 'FLUSHCONFIG'] }));
    const after = target.confFile && (await this.#files.fileVersion(target.confFile));
    return before !== undefined && before === after ? doubtSaved(answer) : answer;
  }

  /** Where everyone is a user of its own: what each of them may do. */
  #abilities(kind: NodeKind): Record<string, Command> {
    return this.#access[kind].username === undefined ? {} : abilityQuestions(kind);
  }

  /** Dial every address that any Sentinel hands out, from where the clients are. */
  async #dialAll(nodes: readonly NodeObservation[], image: string, look: Look): Promise<Dial[]> {
    const addresses = handedOut(this.#targets, nodes);
    const network = this.#expectation.settings?.vantage;
    if (network === undefined) {
      const stranger = asStranger(this.#access.redis);
      return Promise.all(
        addresses.map((each) => dialFromHere(this.#clients.at(each.address, stranger), each)),
      );
    }
    // A container for it takes a while: only for the look that counts.
    if (look.flush !== true || addresses.length === 0) return [];
    return dialFromContainer(this.#engine, image, network, addresses);
  }
}

/** It is never on a network of its own account, so that it cannot be cut off either. */
function podOf(state: ContainerState | 'cut' | undefined): ContainerState | 'absent' {
  return state === 'cut' ? 'running' : (state ?? 'absent');
}

function withDenied<Facts extends object>(
  answer: Answer<Facts>,
  denied: readonly Denied[] | undefined,
): Answer<Facts> {
  if (!answer.reached || denied === undefined) return answer;
  return { reached: true, facts: { ...answer.facts, denied } };
}

/** Before 7.0 FLUSHCONFIG answers OK even when nothing was saved (sentinel.c, sentinelFlushConfig). */
function doubtSaved(answer: Answer<SentinelFacts>): Answer<SentinelFacts> {
  if (!answer.reached || isAtLeast(answer.facts.server.version, '7.0.0')) return answer;
  const confSaved = { ok: false, why: 'it answered OK, but its conf file did not change' } as const;
  return { reached: true, facts: { ...answer.facts, confSaved } };
}
