import { join } from 'node:path';
import { RsentError } from '../model/errors.js';
import { type Observation, observedOf } from '../model/observation.js';
import { type Address, sameAddress } from '../model/topology.js';
import type { Context } from './context.js';
import { holdingsQuestion, type Recorded, runningIn } from './start-alone.js';
import { type Kept, readKept } from './survey.js';
import { chooseMaster } from './tails.js';

/** A node that is about to be started, or one that others follow. */
interface Placed {
  readonly name: string;
  readonly address: Address;
}

/**
 * Who is master for data nodes that are started, as `up` has it: who serves as one by the word of a
 * Sentinel that answers; else by the confs that the Sentinels left. A node's own conf does not say it: one
 * that was killed as the master and replaced still calls itself master, and so does its server.
 * @param nodes those that are started together
 * @param serving who serves as the master now; undefined when nobody is known to
 * @returns undefined when that is no data node of this topology
 * @throws RsentError `refused` when a node that has not followed that master would come back before it;
 * `topology` when a kept file is of no use
 */
export async function leadForStart(
  context: Context,
  known: Recorded,
  observation: Observation,
  nodes: readonly Placed[],
  serving: Placed | undefined,
): Promise<Placed | undefined> {
  if (serving !== undefined && isVouchedFor(observation)) return serving;
  const { record } = known;
  const kept = await readKept(
    record,
    join(context.home, record.spec.name),
    context.files.of(record),
  );
  if (kept.watched.size === 0 && serving !== undefined) return serving;
  const address = await keptMaster(context, known, observation, kept);
  const lead = record.placement.nodes.find((each) => address && sameAddress(each.address, address));
  if (lead === undefined) return serving;
  const comes =
    nodes.some(({ name }) => name === lead.name) || runningIn(observation).has(lead.name);
  const stranger = comes ? undefined : nodes.find(({ name }) => !follows(name, lead, kept));
  if (stranger !== undefined) throw tooEarly(stranger.name, lead.name, record.spec.name);
  return lead;
}

function isVouchedFor(observation: Observation): boolean {
  return observedOf(observation, 'sentinel').some(
    ({ answer }) => answer.reached && answer.facts.handsOut !== undefined,
  );
}

function follows(name: string, { address }: Placed, { redis }: Kept): boolean {
  const followed = redis.get(name)?.replicaOf;
  return followed !== undefined && sameAddress(followed, address);
}

async function keptMaster(
  context: Context,
  known: Recorded,
  observation: Observation,
  { masters, redis }: Kept,
): Promise<Address | undefined> {
  const question = await holdingsQuestion(context, known, observation);
  return chooseMaster(question, masters, ({ name }) => redis.get(name)?.replicaOf);
}

/** As a master it would empty the other; as a replica it could be promoted with what it has, which is old. */
function tooEarly(node: string, lead: string, topology: string): RsentError {
  return new RsentError(
    'refused',
    `${node} was not started: ${lead} has been made the master since, and does not run.`,
    {
      hint: `Nothing was done. Start ${lead} first: rsent start ${topology} ${lead}; or all: rsent up ${topology}.`,
    },
  );
}
