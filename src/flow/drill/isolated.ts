import type { RoleSample } from '../../drill/roles.js';
import type { Engine, ExecSession } from '../../engine/engine.js';
import type { Credentials } from '../../model/access.js';
import { PROBE, type ProbeWrite, probeKey } from '../../model/client.js';
import { clientCommand } from '../../plan/client-command.js';
import type { Target } from '../observe.js';

/** What the client inside the container is to do. */
export interface IsolatedOrder {
  readonly keyPrefix: string;
  readonly ratePerS: number;
  readonly wait: number;
  /** How long its keys live. */
  readonly expiryS: number;
  readonly credentials: Credentials;
  /** Where the node has the authority's certificate, with TLS. */
  readonly authorityFile: string;
}

/** How soon it is started again when it ended (ms). */
const AGAIN_MS = 100;

/**
 * A client on the wrong side of a cut: redis-cli inside the master's own container, fed line by
 * line, one write at a time.
 */
export class IsolatedClient {
  readonly writes: ProbeWrite[] = [];
  readonly #engine: Engine;
  readonly #node: Target;
  readonly #order: IsolatedOrder;
  #session: ExecSession | undefined;
  #pending: { readonly n: number; readonly issuedAt: number; readonly lines: string[] } | undefined;
  #n = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #isOpening = false;
  #isLoggingIn = false;
  #startedAt = 0;

  private constructor(engine: Engine, node: Target, order: IsolatedOrder) {
    this.#engine = engine;
    this.#node = node;
    this.#order = order;
  }

  /** Begin to write inside this node's container. */
  static async start(engine: Engine, node: Target, order: IsolatedOrder): Promise<IsolatedClient> {
    const client = new IsolatedClient(engine, node, order);
    await client.#open();
    client.#timer = setInterval(() => client.#tick(Date.now()), 1000 / order.ratePerS);
    return client;
  }

  /** What the writes tell of the node's role: only a master answers OK or NOREPLICAS. */
  get samples(): RoleSample[] {
    const node = this.#node.name;
    return this.writes.flatMap(({ outcome, why = '', endedAt: at }): RoleSample[] => {
      if (outcome === 'ok' || why.startsWith('NOREPLICAS')) return [{ at, node, role: 'master' }];
      return why.startsWith('READONLY') ? [{ at, node, role: 'replica' }] : [];
    });
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#settle('unknown', 'it was stopped before the answer');
    this.#session?.close();
  }

  #openAgain(): void {
    if (this.#isOpening) return;
    this.#isOpening = true;
    const done = () => {
      this.#isOpening = false;
    };
    void this.#open().then(done, done);
  }

  async #open(): Promise<void> {
    this.#startedAt = Date.now();
    const { port } = this.#node.address;
    const { credentials, authorityFile } = this.#order;
    const command = clientCommand({
      port,
      ...(credentials.ca === undefined ? {} : { authorityFile }),
    });
    const session = await this.#engine.exec(this.#node.container, command);
    if (this.#closed) return session.close();
    this.#session = session;
    this.#logIn(session);
    let rest = '';
    session.onOutput((text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') this.#hear(session, line);
    });
    session.onEnd(() => {
      if (session !== this.#session) return;
      this.#session = undefined;
      this.#settle('unknown', 'the connection broke before the answer');
    });
  }

  /** Over stdin: a command line can be read by everyone. Its answer is no answer to a write. */
  #logIn(session: ExecSession): void {
    const { username, password } = this.#order.credentials;
    if (password === undefined) return;
    this.#isLoggingIn = true;
    session.write(`AUTH ${username === undefined ? '' : `${username} `}${password}\n`);
  }

  #tick(now: number): void {
    if (this.#pending !== undefined) {
      if (now - this.#pending.issuedAt > PROBE.giveUpMs) this.#restart();
      return;
    }
    if (this.#session === undefined) {
      if (now - this.#startedAt > AGAIN_MS) this.#openAgain();
      return;
    }
    const { keyPrefix, wait, expiryS } = this.#order;
    const n = ++this.#n;
    this.#pending = { n, issuedAt: now, lines: [] };
    const set = `SET ${probeKey(keyPrefix, { side: 'isolated', n })} 1 EX ${expiryS}\n`;
    this.#session.write(wait === 0 ? set : `${set}WAIT ${wait} ${PROBE.waitMs}\n`);
  }

  /** One line is the answer to SET; the second one, when it was asked, that to WAIT. */
  #hear(session: ExecSession, line: string): void {
    if (session !== this.#session) return;
    if (this.#isLoggingIn) {
      this.#isLoggingIn = false;
      return;
    }
    if (this.#pending === undefined) return;
    this.#pending.lines.push(line.trim());
    const { lines } = this.#pending;
    const { wait } = this.#order;
    if (lines.length < (wait === 0 ? 1 : 2)) return;
    const [set = '', reached = ''] = lines;
    if (/^(Error|Could not connect)/.test(set)) this.#settle('unknown', set);
    else if (set !== 'OK') this.#settle('fail', set);
    else if (wait > 0 && !(Number(reached) >= wait)) {
      const count = /^\d+$/.test(reached) ? `${reached} of ${wait} replicas had it` : reached;
      this.#settle('unknown', `WAIT: ${count}`);
    } else this.#settle('ok');
  }

  #restart(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#settle('unknown', `no answer within ${PROBE.giveUpMs} ms`);
    session?.close();
  }

  #settle(outcome: ProbeWrite['outcome'], why?: string): void {
    if (this.#pending === undefined) return;
    const { n, issuedAt } = this.#pending;
    this.#pending = undefined;
    const known = outcome === 'ok' ? { by: this.#node.name } : {};
    this.writes.push({
      n,
      side: 'isolated',
      issuedAt,
      endedAt: Date.now(),
      outcome,
      ...known,
      ...(why === undefined ? {} : { why }),
    });
  }
}
