import { headwayOf } from '../health/headway.js';
import { infoFields, textOf } from '../health/raw.js';
import { RsentError } from '../model/errors.js';
import type { Headway } from '../model/observation.js';
import { type NodePlacement, ofKind, sameAddress } from '../model/topology.js';
import { confPath } from '../plan/conf-path.js';
import { volumeName } from '../plan/ownership.js';
import type { NodeClient } from '../redis/client.js';
import { rejectBrokenData } from './broken-data.js';
import { rejectFrozen } from './frozen.js';
import { longer, untilNoHeadway } from './patience.js';
import { placed, type StepWorld, stateOf } from './step-world.js';
import { rejectUnreachable } from './unreached.js';
import { waitFor } from './wait.js';

const POLL_MS = 10;
/** How often a node that is not ready is looked at: whether it has died, and how far it has come. */
const LOOK_MS = 500;

/** A node that does not answer for so long may be one that cannot be reached from here. */
const DOUBT_MS = 2000;

/** True when the node is as it should be. */
export type Good = (client: NodeClient) => Promise<boolean>;

/**
 * Wait until a node is as it should be: as long as it gets on with its data, else as long as the
 * patience lasts.
 * @param what it is waited for, for people
 * @throws RsentError `unhealthy` with the last lines of its log when it takes too long, has died,
 * or cannot load its data
 */
export async function awaitNode(
  name: string,
  world: StepWorld,
  what: string,
  good: Good,
): Promise<void> {
  const node = placed(name, world);
  const client = world.client(node);
  const { patience, context } = world;
  let looked = Date.now();
  let doubtsAt = looked + DOUBT_MS;
  let headway: Headway | undefined;
  const done = await waitFor(
    async () => {
      if (await good(client)) return true;
      if (Date.now() - looked < LOOK_MS) return undefined;
      await rejectDead(node, world);
      if (looked >= doubtsAt) {
        doubtsAt = Number.POSITIVE_INFINITY;
        await rejectUnreachable(context.engine, node, client);
        await rejectFrozenOf(world);
      }
      headway = node.kind === 'redis' ? await headwayNow(node, world) : undefined;
      looked = Date.now();
      return undefined;
    },
    untilNoHeadway({ everyMs: POLL_MS, signal: context.signal }, patience),
  );
  if (done) return;
  const stands = headway === undefined ? '' : `: ${headway.text}, and no further`;
  throw new RsentError('unhealthy', `${name} took too long ${what}${stands}.`, {
    hint: `${longer(patience.limitMs)}\n${await lastWords(node, world)}`,
    file: confOf(node, world),
  });
}

/** A node waits in vain for another one that is frozen, too. */
async function rejectFrozenOf({ context, record, client }: StepWorld): Promise<void> {
  await rejectFrozen(context.engine, record.spec.name, record.placement.nodes, client);
}

/**
 * How far a data node has come with what it is at. One that waits for a snapshot of its master has
 * come as far as that.
 */
async function headwayNow(node: NodePlacement, world: StepWorld): Promise<Headway | undefined> {
  const info = await replicationOf(node, world);
  const own = info && headwayOf(info);
  if (info === undefined || own === undefined) return undefined;
  const [ip, port] = [info.get('master_host') ?? '', Number(info.get('master_port'))];
  const master = ofKind(world.record.placement.nodes, 'redis').find(({ address }) =>
    sameAddress(address, { ip, port }),
  );
  const isWaiting = own.what === 'sync' && own.amount <= 0 && master !== undefined;
  const source = isWaiting ? await replicationOf(master, world) : undefined;
  const headway = (source && headwayOf(source)) ?? own;
  world.patience.sees(node.name, headway);
  world.context.progress.detail(`${node.name}: ${headway.text}`);
  return headway;
}

async function replicationOf(node: NodePlacement, { client }: StepWorld) {
  const { persistence, replication } = await client(node).ask({
    persistence: ['INFO', 'persistence'],
    replication: ['INFO', 'replication'],
  });
  const [first, second] = [textOf(persistence), textOf(replication)];
  return first === undefined || second === undefined ? undefined : infoFields(first + second);
}

async function rejectDead(node: NodePlacement, world: StepWorld): Promise<void> {
  const state = (await stateOf(node.container, world)) ?? 'absent';
  if (node.kind === 'redis') await rejectBrokenData(world.context, world.record, node);
  if (state === 'running' || state === 'created') return;
  throw new RsentError('unhealthy', `${node.name} did not stay up: its container is ${state}.`, {
    hint: await lastWords(node, world),
    file: confOf(node, world),
  });
}

async function lastWords(node: NodePlacement, world: StepWorld): Promise<string> {
  const { container } = node;
  const log = await world.context.engine.logs(container, 10).catch(() => '');
  return log.trim() === ''
    ? `${container} has logged nothing.`
    : `The last lines of ${container}:\n${log.trimEnd()}`;
}

function confOf(node: NodePlacement, world: StepWorld) {
  const path = confPath(world.directory, node);
  return { path, text: `Its conf is ${path}${inVolume(node, world)}.` };
}

function inVolume(node: NodePlacement, { record }: StepWorld): string {
  return record.placement.storage === 'volume' ? `, in the volume ${volumeName(node)}` : '';
}
