import { parseSentinel } from '../health/parse-sentinel.js';
import { infoFields, textOf } from '../health/raw.js';
import type { AwaitHealthy, AwaitView } from '../model/change.js';
import { BOOT_PING_PERIOD_MS } from '../model/constants.js';
import type { LinkFacts, SentinelFacts } from '../model/observation.js';
import type { AwaitReady, AwaitSync, CheckKeys, HastenSentinel } from '../model/plan.js';
import type { Address } from '../model/topology.js';
import { sentinelQuestions } from '../redis/ask.js';
import type { Command, NodeClient } from '../redis/client.js';
import { awaitNode, type Good } from './await-node.js';
import { awaitWhole } from './await-whole.js';
import { checkKeys } from './seed.js';
import { placed, type StepWorld } from './step-world.js';

/** A replica that finds its master is linked within this time (measured: 20 to 40 ms). */
const LINK_PATIENCE_MS = 60;

export type Waiting =
  | AwaitReady
  | CheckKeys
  | AwaitSync
  | HastenSentinel
  | AwaitView
  | AwaitHealthy;

/**
 * Steps that wait for a node.
 * @throws RsentError `unhealthy` with the last lines of its log when it takes too long or has died
 */
export async function waitStep(step: Waiting, world: StepWorld): Promise<void> {
  switch (step.kind) {
    case 'await-ready':
      return awaitNode(step.node, world, 'to answer and to have loaded its data', isLoaded);
    case 'check-keys':
      await awaitNode(step.node, world, 'to load its data', isLoaded);
      await checkKeys(step, world.client(placed(step.node, world)), world.record.spec.name);
      return;
    case 'await-sync':
      return awaitNode(step.node, world, 'to be in sync with its master', linkedTo(step.master));
    case 'hasten-sentinel':
      return hasten(step.node, world);
    case 'await-view':
      return awaitView(step, world);
    case 'await-healthy':
      return awaitWhole(world);
  }
}

/** A Sentinel has nothing to load, and does not speak of it. */
const isLoaded: Good = async (client) => {
  const info = await infoOf(client, 'persistence');
  return info !== undefined && info.get('loading') !== '1';
};

/**
 * Its link is up.
 * @param master whom it is told to follow once more when it seems to have found nobody there
 */
function linkedTo(master: Address | undefined): Good {
  let answersSince: number | undefined;
  let isTold = master === undefined;
  return async (client) => {
    const info = await infoOf(client, 'replication');
    if (info?.get('master_link_status') === 'up') return true;
    const isIdle = info !== undefined && info.get('master_sync_in_progress') === '0';
    answersSince ??= info === undefined ? undefined : Date.now();
    const isLate = answersSince !== undefined && Date.now() - answersSince >= LINK_PATIENCE_MS;
    if (master === undefined || isTold || !isIdle || !isLate) return false;
    isTold = true;
    // In one piece: nobody ever sees it as a master. What it refuses, it does by itself later.
    const follow: Command = ['REPLICAOF', master.ip, master.port];
    await client.askAtOnce([['REPLICAOF', 'NO', 'ONE'], follow]);
    return false;
  };
}

const answers: Good = async (client) => (await infoOf(client, 'server')) !== undefined;

/** One section of INFO: many nodes are asked often, and the whole of it would fill the memory. */
async function infoOf(
  client: NodeClient,
  section: 'persistence' | 'replication' | 'server',
): Promise<ReadonlyMap<string, string> | undefined> {
  const { info } = await client.ask({ info: ['INFO', section] });
  const text = textOf(info);
  return text === undefined ? undefined : infoFields(text);
}

/** From 7.0 on; put back by `up` before it ends, and by the verifier's finding if it did not. */
async function hasten(node: string, world: StepWorld): Promise<void> {
  await awaitNode(node, world, 'to answer', answers);
  await world
    .client(placed(node, world))
    .call('SENTINEL', 'DEBUG', 'ping-period', BOOT_PING_PERIOD_MS);
}

async function awaitView(step: AwaitView, world: StepWorld): Promise<void> {
  const questions = sentinelQuestions(world.record.spec.masterName);
  await awaitNode(step.node, world, 'to be linked to all the others', async (client) => {
    const answer = parseSentinel(await client.ask(questions));
    return answer.reached && sees(answer.facts, step);
  });
}

/** It counts all that it has ever known, linked or not; so each must have answered, too. */
function sees(facts: SentinelFacts, { replicas, sentinels }: AwaitView): boolean {
  const { master, peers } = facts;
  const isCounted = facts.replicas.length === replicas && peers.length === sentinels - 1;
  if (!isCounted || !master.reached) return false;
  return [master.facts, ...facts.replicas, ...peers].every(isLive);
}

function isLive({ flags, lastPingSentMs }: LinkFacts): boolean {
  return lastPingSentMs === 0 && !flags.some((flag) => BROKEN.includes(flag));
}

const BROKEN: readonly string[] = ['s_down', 'o_down', 'disconnected'];
