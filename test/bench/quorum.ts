import { fieldsOf } from '../../src/health/raw.js';
import { withRedis } from '../helpers/redis.js';
import type { Place, Site } from './model.js';

/** Fields of a reply that is a list of names and values. */
type Fields = Readonly<Record<string, string>>;

/** What one Sentinel says. */
export interface View {
  readonly master: Fields;
  readonly replicas: readonly Fields[];
  readonly others: readonly Fields[];
  readonly quorum: string;
}

const MASTER = 'mymaster';
const POLL_MS = 20;
const WITHIN_MS = 120_000;

/**
 * Whether a Sentinel's view is the whole of one master, two replicas and three Sentinels: all
 * known, all connected, every replica in sync, and a quorum to be had.
 */
export function isWhole({ master, replicas, others, quorum }: View): boolean {
  const isFine = ({ flags = '' }: Fields) => !/disconnected|down/.test(flags);
  return (
    replicas.length === 2 &&
    others.length === 2 &&
    [master, ...replicas, ...others].every(isFine) &&
    replicas.every((replica) => replica['master-link-status'] === 'ok') &&
    quorum.startsWith('OK 3 ')
  );
}

/** Wait until every Sentinel sees the whole and every replica says itself that it is in sync. */
export async function awaitQuorum(site: Site, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (!(await isProven(site))) {
    signal.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`No quorum after ${WITHIN_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function isProven({ redis, sentinels }: Site): Promise<boolean> {
  const [, ...replicas] = redis;
  try {
    const answers = await Promise.all([
      ...sentinels.map(async (sentinel) => isWhole(await viewOf(sentinel))),
      ...replicas.map(isInSync),
    ]);
    return answers.every((answer) => answer);
  } catch {
    // Not up yet.
    return false;
  }
}

function isInSync({ port }: Place): Promise<boolean> {
  return withRedis(`127.0.0.1:${port}`, async (client) =>
    (await client.info('replication')).includes('master_link_status:up'),
  );
}

function viewOf({ port }: Place): Promise<View> {
  return withRedis(`127.0.0.1:${port}`, async (client) => {
    const ask = (what: string) => client.call('SENTINEL', what, MASTER);
    const [master, replicas, others, quorum] = await Promise.all([
      ask('MASTER'),
      ask('REPLICAS') as Promise<unknown[]>,
      ask('SENTINELS') as Promise<unknown[]>,
      ask('CKQUORUM') as Promise<string>,
    ]);
    const named = (reply: unknown): Fields => Object.fromEntries(fieldsOf(reply) ?? []);
    return {
      master: named(master),
      replicas: replicas.map(named),
      others: others.map(named),
      quorum,
    };
  });
}
