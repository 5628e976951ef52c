import { assemble } from '../../../../src/health/doctor/assemble.js';
import { diagnose } from '../../../../src/health/doctor/diagnose.js';
import { SENTINELS_COMMANDS, settingQuestion } from '../../../../src/health/doctor/settings.js';
import { redisVisit, sentinelVisit, type Visit } from '../../../../src/health/doctor/visit.js';
import { peerFactsIn } from '../../../../src/health/doctor/votes.js';
import type {
  Diagnosis,
  Examination,
  Greeting,
  Hello,
  SentinelUser,
} from '../../../../src/model/examination.js';
import type { Replies, Reply } from '../../../../src/model/observation.js';
import { captured } from '../../../helpers/fixtures.js';
import {
  answered,
  type Changes,
  fieldOf,
  idOf,
  ok,
  splitAddress,
  withFields,
  withLines,
} from './replies.js';

export const MASTER = '10.9.8.1:6379';
export const REPLICAS = ['10.9.8.2:6379', '10.9.8.3:6379'] as const;
export const REDIS = [MASTER, ...REPLICAS] as const;
export const SENTINELS = ['10.9.8.21:26379', '10.9.8.22:26379', '10.9.8.23:26379'] as const;

type Server =
  | { readonly kind: 'silent'; readonly why: string; readonly greeting?: Greeting }
  | {
      readonly kind: 'redis' | 'sentinel';
      greeting: Greeting;
      replies: Record<string, Reply>;
      password?: string;
    };
const UNASKED: Reply = { ok: false, error: 'ERR unknown subcommand' };

type Speaking = Extract<Server, { replies: unknown }>;

const OPEN: Greeting = { tls: false, open: true, closed: false, denied: false };

/** What `redis-server` with `appendonly yes` has set otherwise. */
const SETTINGS = {
  ...{ masterauth: '', requirepass: '', masteruser: '', appendonly: 'yes', save: '3600 1' },
  ...{ 'min-replicas-to-write': '0', 'protected-mode': 'no', port: '6379', 'tls-port': '0' },
  ...{ 'tls-replication': 'no', 'stop-writes-on-bgsave-error': 'yes', maxclients: '10000' },
};

/**
 * The deployment that the cases of test/health/doctor/cases bend: a master, two replicas and three
 * Sentinels made by hand, with the replies that real servers (7.0.15) gave. Nothing is wrong but
 * `no-write-guard`.
 */
export class Base {
  readonly hellos: Hello[] = [];
  /** As whom Sentinels log in at a data node, where that was asked. */
  readonly sentinelUsers = new Map<string, readonly SentinelUser[]>();
  readonly #servers = new Map<string, Server>();

  constructor() {
    const replies = repliesOfBase();
    REDIS.forEach((text, i) => {
      this.#servers.set(text, redisLike(replies[`redis-${i + 1}`] ?? {}));
    });
    SENTINELS.forEach((text, i) => {
      this.#servers.set(text, sentinelLike(replies[`sentinel-${i + 1}`] ?? {}));
      this.monitored(text, { 'down-after-milliseconds': 5000 });
    });
  }

  /** A server more, with the replies of one that is there. */
  add(text: string, like: string): this {
    const { kind, greeting, replies } = this.#speaking(like);
    this.#servers.set(text, { kind, greeting, replies: structuredClone(replies) });
    return this;
  }

  remove(text: string): this {
    this.#servers.delete(text);
    return this;
  }

  /** One that gives no facts: why, and how it greets where it speaks at all. */
  silent(text: string, why: string, greeting?: Greeting): this {
    this.#servers.set(text, {
      kind: 'silent',
      why,
      ...(greeting === undefined ? {} : { greeting }),
    });
    return this;
  }

  /** How a server that answers greets a stranger. */
  greets(text: string, greeting: Partial<Greeting>): this {
    const server = this.#speaking(text);
    server.greeting = { ...server.greeting, ...greeting };
    return this;
  }

  /** A server that wants a password, and got it. */
  opens(text: string, password: string): this {
    this.#speaking(text).password = password;
    return this.greets(text, { open: false, closed: true });
  }

  /** The whole reply to a question, by its name in redis/ask.ts. */
  reply(text: string, question: string, reply: Reply): this {
    this.#speaking(text).replies[question] = reply;
    return this;
  }

  /** What a server answers so far. */
  replyOf(text: string, question: string): Reply | undefined {
    return this.#speaking(text).replies[question];
  }

  /** Lines of INFO. */
  info(text: string, changes: Changes): this {
    const { replies } = this.#speaking(text);
    replies['info'] = ok(withLines(answered(replies['info']) as string, changes));
    return this;
  }

  /** What CONFIG GET says. */
  set(text: string, settings: Readonly<Record<string, string>>): this {
    for (const [name, value] of Object.entries(settings)) {
      this.reply(text, settingQuestion(name), ok([name, value]));
    }
    return this;
  }

  /** Fields of what a Sentinel says of its master (SENTINEL MASTER and MASTERS). */
  monitored(text: string, changes: Changes): this {
    const { replies } = this.#speaking(text);
    const changed = withFields(answered(replies['master']) as string[], changes);
    replies['master'] = ok(changed);
    replies['masters'] = ok([changed]);
    return this;
  }

  /** Fields of what a Sentinel says of a replica or of another Sentinel, which it lists where it did not. */
  lists(text: string, what: 'replicas' | 'peers', address: string, changes: Changes = {}): this {
    const { replies } = this.#speaking(text);
    const list = answered(replies[what]) as string[][];
    const at = splitAddress(address);
    const isIt = (fields: readonly string[]) =>
      fieldOf(fields, 'ip') === at.ip && fieldOf(fields, 'port') === String(at.port);
    const fresh = withFields([...(list[0] ?? [])], { ...at, name: address, runid: idOf(address) });
    const known = list.some(isIt) ? list : [...list, fresh];
    replies[what] = ok(
      known.map((fields) => (isIt(fields) ? withFields(fields, changes) : fields)),
    );
    return this;
  }

  /** A Sentinel that lists nothing at this address. */
  forgets(text: string, what: 'replicas' | 'peers', address: string): this {
    const { replies } = this.#speaking(text);
    const at = splitAddress(address);
    const list = (answered(replies[what]) as string[][]).filter(
      (fields) => fieldOf(fields, 'ip') !== at.ip || fieldOf(fields, 'port') !== String(at.port),
    );
    replies[what] = ok(list);
    return this;
  }

  /** What every Sentinel says about the server at this address, as its master, replica or peer. */
  seen(address: string, changes: Changes): this {
    for (const text of SENTINELS) {
      if (text === address || this.#servers.get(text)?.kind !== 'sentinel') continue;
      if (address === MASTER) this.monitored(text, changes);
      else this.lists(text, address.endsWith(':26379') ? 'peers' : 'replicas', address, changes);
    }
    return this;
  }

  visits(): Visit[] {
    return [...this.#servers].map(([text, server]): Visit => {
      const address = splitAddress(text);
      if (server.kind === 'silent') return { ...server, address };
      const at = { address, greeting: server.greeting };
      if (server.kind === 'redis') {
        return redisVisit(at, server.replies as Parameters<typeof redisVisit>[1]);
      }
      const { peerUser = UNASKED, peerPass = UNASKED, vote, ...replies } = server.replies;
      const visit = sentinelVisit(at, replies as Parameters<typeof sentinelVisit>[1]);
      if (visit.kind !== 'sentinel') return visit;
      return { ...visit, peering: peerFactsIn({ peerUser, peerPass }, vote, server.password) };
    });
  }

  examination(): Examination {
    const { hellos, sentinelUsers } = this;
    return assemble({
      masterName: 'mymaster',
      visits: this.visits(),
      hellos,
      sentinelUsers,
      onlyHere: () => true,
    });
  }

  diagnoses(): Diagnosis[] {
    return diagnose(this.examination());
  }

  /** Codes of all that is found but `no-write-guard`, in their order, each once. */
  codes(): string[] {
    const codes = this.diagnoses().map(({ code }) => code);
    return [...new Set(codes)].filter((code) => code !== 'no-write-guard');
  }

  #speaking(text: string): Speaking {
    const server = this.#servers.get(text);
    if (server === undefined || server.kind === 'silent') throw new Error(`${text} says nothing`);
    return server;
  }
}

/** A hello of a Sentinel, heard on a data node. */
export function hello(sentinel: string, sentinelId: string, heardOn: string = MASTER): Hello {
  return {
    sentinelId,
    sentinel: splitAddress(sentinel),
    masterName: 'mymaster',
    master: splitAddress(MASTER),
    heardOn: splitAddress(heardOn),
  };
}

/** The captured replies, with the addresses of the cases. */
function repliesOfBase(): Record<string, Record<string, Reply>> {
  const { expectation, replies } = captured('redis-7.0-healthy');
  const ips = [...REDIS, ...SENTINELS].map((text) => splitAddress(text).ip);
  const moved = expectation.nodes.reduce(
    (text, { address }, i) =>
      text.replaceAll(new RegExp(`${address.ip}(?!\\d)`, 'g'), ips[i] ?? ''),
    JSON.stringify(replies),
  );
  const all = JSON.parse(moved) as typeof replies;
  return Object.fromEntries(
    Object.entries(all).map(([name, asked]) => [name, { ...(asked.replies as Replies) }]),
  );
}

function redisLike(replies: Record<string, Reply>): Speaking {
  const settings = Object.entries(SETTINGS).map(
    ([name, value]) => [settingQuestion(name), ok([name, value])] as const,
  );
  const info = withLines(answered(replies['info']) as string, { process_id: 4242 });
  return {
    kind: 'redis',
    greeting: OPEN,
    replies: {
      ...replies,
      ...Object.fromEntries(settings),
      info: ok(info),
      commands: ok(SENTINELS_COMMANDS.map((name) => [name.toLowerCase()])),
    },
  };
}

function sentinelLike({ flush: _, ...replies }: Record<string, Reply>): Speaking {
  const info = withLines(answered(replies['info']) as string, { process_id: 4242 });
  return { kind: 'sentinel', greeting: OPEN, replies: { ...replies, info: ok(info) } };
}
