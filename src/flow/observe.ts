import { dirname, join } from 'node:path';
import type { Engine } from '../engine/engine.js';
import { handedOut } from '../health/handed-out.js';
import { certificateFacts } from '../host/certificates.js';
import type { FileStore } from '../host/file-store.js';
import { spareMemory } from '../host/memory.js';
import { type Access, asStranger } from '../model/access.js';
import { RsentError } from '../model/errors.js';
import type {
  Answer,
  Dial,
  NodeObservation,
  Observation,
  RedisFacts,
} from '../model/observation.js';
import {
  type Address,
  type ContainerState,
  fromHere,
  isOn,
  type NodeKind,
  type SeenState,
} from '../model/topology.js';
import type { Expectation, ExpectedNode } from '../model/verdict.js';
import { seenState, topologyLabels } from '../plan/labels.js';
import type { NodeClient } from '../redis/client.js';
import { Clients } from '../redis/clients.js';
import { servedCertificate } from '../redis/served.js';
import { askRedis, askSentinel, type Doors } from './ask-node.js';
import { dialFromContainer, dialFromHere } from './dial.js';
import { isSeenFrozen } from './frozen.js';
import { joinedNow } from './joined-now.js';
import { confAmiss, onDisk } from './on-disk.js';

/** A node to look at, with the address at which rsent itself asks it. */
export interface Target extends ExpectedNode {
  readonly published: Address;
  /** Its conf file, where the files of the topology are known. */
  readonly confFile?: string;
  /** Where its data is, of a data node whose files are on this machine. */
  readonly dataDirectory?: string;
}

export interface Look {
  /** Also prove that every Sentinel can save its conf. Writes the conf files anew. */
  readonly flush?: boolean;
  /** Also look whether the data of each data node is in its files. */
  readonly files?: boolean;
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
  /** Connections for writes: one that is held back answers nothing else. */
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
        const held = await isSeenFrozen(this.#engine, target.container, seen);
        return {
          ...seen,
          ...(own !== undefined && { image: own }),
          ...(held && { isFrozen: true as const }),
        };
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
    const all = await this.#engine.containers(topologyLabels(this.#expectation.topology));
    // Others may carry its labels: a copy on a network that is gone strands nobody.
    const known = new Set(this.#targets.map(({ container }) => container));
    const { pod } = this.#expectation.settings ?? {};
    const rows = all.filter(({ name }) => known.has(name) || name === pod);
    const states = new Map(rows.map((row) => [row.name, seenState(row)]));
    const images = new Map(rows.map(({ name, image }) => [name, image]));
    const image = rows[0]?.image ?? '';
    const network = await joinedNow(this.#engine, this.#expectation.settings?.joined, rows);
    return { states, images, image, network };
  }

  async #observe(
    target: Target,
    state: SeenState | undefined,
    look: Look,
  ): Promise<NodeObservation> {
    const container = state ?? 'absent';
    const asks = container === 'running';
    const base = await this.#besides(target, container, look);
    const silent = { reached: false, why: `its container is ${container}` } as const;
    if (target.kind === 'redis') {
      const answer = asks ? await askRedis(this.#doors(target)) : silent;
      const data =
        look.files && hasOpen(container) ? await this.#onDisk(target, answer) : undefined;
      return { ...base, kind: 'redis', answer, ...(data && { onDisk: data }) };
    }
    const answer = asks
      ? await askSentinel(this.#doors(target), look.flush === true && base.conf?.is !== 'other')
      : silent;
    return { ...base, kind: 'sentinel', answer };
  }

  /** What is known of a node besides what it says itself. */
  async #besides(target: Target, container: NodeObservation['container'], look: Look) {
    const runs = container === 'running';
    // For the look that counts, and where the engine has a reason to tell.
    const isAsked = container !== 'absent' && (look.flush || !runs);
    const [certified, life, conf] = await Promise.all([
      look.flush ? this.#certified(target, runs) : {},
      isAsked ? this.#engine.containerLife(target.container) : undefined,
      runs && look.flush ? confAmiss(target.confFile, this.#files) : undefined,
    ]);
    const { name } = target;
    return { name, container, ...certified, ...(life && { life }), ...(conf && { conf }) };
  }

  async #onDisk({ dataDirectory, confFile }: Target, answer: Answer<RedisFacts>) {
    if (dataDirectory === undefined || confFile === undefined) return undefined;
    const facts = answer.reached ? answer.facts : undefined;
    return onDisk({ dataDirectory, confFile }, this.#files, facts);
  }

  /** The certificate in the file of a node, and the one that it shows. */
  async #certified(target: Target, isRunning: boolean): Promise<Certified> {
    if (target.confFile === undefined || this.#access.redis.ca === undefined) return {};
    const path = join(dirname(target.confFile), 'tls.crt');
    const [text, shown] = await Promise.all([
      this.#files.readText(path).catch(ifUnreadable),
      isRunning ? servedCertificate(fromHere(target.published)) : undefined,
    ]);
    const onDisk = text === undefined ? undefined : factsIn(text);
    const served = shown === undefined ? undefined : factsIn(shown);
    return {
      // An unreadable one is a finding of its own; it must not hide what the nodes say.
      ...(text === undefined ? {} : { certifiedUntil: onDisk?.notAfterMs ?? 0 }),
      ...(onDisk && { certifiedFor: onDisk.ipAddresses }),
      ...(served && {
        served: {
          untilMs: served.notAfterMs,
          ipAddresses: served.ipAddresses,
          isOnDisk: onDisk === undefined || onDisk.fingerprint256 === served.fingerprint256,
        },
      }),
    };
  }

  #doors(target: Target): Doors {
    const at = fromHere(target.published);
    return {
      client: this.client(target),
      writer: this.#writers.at(at, this.#access.application),
      ownWriter: this.#writers.at(at, this.#access.redis),
      access: this.#access,
      expectation: this.#expectation,
      files: this.#files,
      confFile: target.confFile,
    };
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

/** No process has files open in a container that is about to start again. */
const hasOpen = (state: SeenState) => isOn(state) && state !== 'restarting';

type Certified = Pick<NodeObservation, 'certifiedUntil' | 'certifiedFor' | 'served'>;

/** Text that is no certificate, for a file that is there and cannot be read. */
function ifUnreadable(error: unknown): string {
  if (error instanceof RsentError && error.kind !== 'topology') throw error;
  return '';
}

function factsIn(text: string): ReturnType<typeof certificateFacts> | undefined {
  try {
    return certificateFacts(text);
  } catch {
    return undefined;
  }
}

/** It is never on a network of its own account, so that it cannot be cut off either. */
function podOf(state: SeenState | undefined): ContainerState | 'absent' {
  return state === 'cut' ? 'running' : (state ?? 'absent');
}
