import { join } from 'node:path';
import { loadTemplates } from '../host/templates.js';
import { RsentError } from '../model/errors.js';
import type { Observation } from '../model/observation.js';
import { type Address, ofKind, type TopologyRecord } from '../model/topology.js';
import { confPath } from '../plan/conf-path.js';
import { readRedisConf } from '../plan/kept.js';
import { leadOf, type Standing } from '../plan/lead.js';
import type { Context } from './context.js';
import type { Known } from './find.js';
import { readHoldings } from './holdings.js';

type Recorded = Known & { readonly record: TopologyRecord };

/**
 * Make sure that no data node is emptied by starting this one: neither it by its master, nor the
 * others by it.
 * @param master who is master now; undefined when nobody is
 * @throws RsentError `refused` when one could be; nothing was done then
 */
export async function requireSafeStart(
  context: Context,
  known: Recorded,
  observation: Observation,
  node: { readonly name: string; readonly address: Address },
  master: { readonly address: Address } | undefined,
): Promise<void> {
  const { record } = known;
  const leader = master?.address ?? (await ownLead(context, record, node));
  if (leader === undefined) return;
  const standings = await standingsOf(context, known, observation);
  const lead = leadOf(standings, leader, false);
  if (lead.is === 'last') return;
  const why =
    lead.is === 'nobody'
      ? lead.why
      : `it would empty the others: the master has no data left, and ${lead.node.name} has ${lead.bytes} bytes`;
  const { name } = record.spec;
  const way =
    lead.is === 'nobody'
      ? lead.fix
      : `rsent up ${name} starts all, with ${lead.node.name} as the master.`;
  throw new RsentError('refused', `${node.name} was not started: ${why}.`, {
    hint: `Nothing was done. ${way}`,
  });
}

/** Its own address when its conf makes it a master, or when it has none. */
async function ownLead(
  context: Context,
  record: TopologyRecord,
  { name, address }: { readonly name: string; readonly address: Address },
): Promise<Address | undefined> {
  const placed = record.placement.nodes.find((each) => each.name === name);
  if (placed === undefined) return undefined;
  const path = confPath(join(context.home, record.spec.name), placed);
  const conf = await context.files.of(record).readText(path);
  return conf !== undefined && readRedisConf(conf).replicaOf !== undefined ? undefined : address;
}

async function standingsOf(
  context: Context,
  { record, access }: Recorded,
  { nodes }: Observation,
): Promise<Standing[]> {
  const isOn = (state: string) => ['running', 'cut', 'paused', 'restarting'].includes(state);
  const running = new Set(nodes.filter(({ container }) => isOn(container)).map(({ name }) => name));
  const templates = await loadTemplates(record.spec.templates);
  const { disks, memories, appendOnly } = await readHoldings({
    ...{ record, running, access, template: templates.redis.source },
    directory: join(context.home, record.spec.name),
    files: context.files.of(record),
  });
  return ofKind(record.placement.nodes, 'redis').map((node) => ({
    node,
    disk: disks.get(node.name) ?? { is: 'nothing' },
    memory: running.has(node.name) ? (memories.get(node.name) ?? 'unknown') : undefined,
    stays: running.has(node.name),
    appendOnly: appendOnly.has(node.name),
  }));
}
