import { assemble, type Collected } from '../../health/doctor/assemble.js';
import { diagnose } from '../../health/doctor/diagnose.js';
import { parseHello } from '../../health/doctor/hello.js';
import { mayLackRights } from '../../health/doctor/sentinel-users.js';
import { namedBy } from '../../health/doctor/trust.js';
import { kindAt, leadsIn, toldIn, type Visit } from '../../health/doctor/visit.js';
import { isNew, lasting } from '../../health/lasting.js';
import { HELLO_PERIOD_MS } from '../../model/constants.js';
import type { Diagnosis, Examination, Hello } from '../../model/examination.js';
import { type Address, addressText } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { hearHellos } from '../../redis/hellos.js';
import { waitFor } from '../wait.js';
import type { Visitor } from './visitor.js';

/** Every Sentinel has said hello in this time (ms): a period and three ticks of its timer. */
const LISTEN_MS = HELLO_PERIOD_MS + 300;
/** How long (ms) it is looked again for what may settle by itself. */
const SETTLE_MS = 1500;
const LOOK_AGAIN_MS = 100;

/** What to look at, besides what is found on the way. */
export interface Subject
  extends Pick<Collected, 'masterName' | 'onlyHere' | 'expectation' | 'doors'> {
  readonly starts: readonly Address[];
  /** Servers that are the user's, besides: if others name them, they may be told the password. */
  readonly nodes?: readonly Address[];
  /** What `status` has found already. */
  readonly known?: readonly Finding[];
}

/** An examination and what it means. */
export interface Examined {
  readonly examination: Examination;
  readonly diagnoses: readonly Diagnosis[];
}

/**
 * Look at everything that takes part under one master name. A PING that happens to be under way
 * looks like a fault for an instant: what may settle is looked at again for a short while.
 */
export async function examine(
  visitor: Visitor,
  subject: Subject,
  signal: AbortSignal,
): Promise<Examined> {
  const first = await survey(visitor, subject, []);
  const hellos = await listenTo(visitor, first.visits, signal);
  const sentinelUsers = await usersOf(visitor, first.visits, hellos);
  const look = async (): Promise<Examined> => {
    const seen = await survey(visitor, subject, hellos);
    const met = { hellos, sentinelUsers, earlier: first.visits };
    const examination = assemble({ ...subject, ...seen, ...met });
    return { examination, diagnoses: diagnose(examination, subject.known) };
  };
  let before: Examined | undefined;
  let last = await look();
  // What status has found was looked at again there.
  const isSettled = () =>
    subject.known !== undefined || !last.diagnoses.some(({ settling }) => settling);
  const again = async () => {
    before = last;
    last = await look();
  };
  const deadline = Date.now() + SETTLE_MS;
  await waitFor(
    async () => {
      if (!isSettled()) await again();
      return isSettled() || undefined;
    },
    { deadline, everyMs: LOOK_AGAIN_MS, signal },
  );
  // What has only just come is looked at once more, however late it is.
  if (subject.known === undefined && isNew(before?.diagnoses, last.diagnoses)) await again();
  return { ...last, diagnoses: lasting(before?.diagnoses, last.diagnoses) };
}

/** More than take part under one name; what answers may lead on and on. */
const MOST_SERVERS = 200;
/** How far it is gone from the starts. */
const MOST_ROUNDS = 8;

/** Visit the starts, and whatever they lead to, until there is nobody new, or it is too much. */
async function survey(
  visitor: Visitor,
  { starts, nodes = [], doors = [], expectation, masterName }: Subject,
  hellos: readonly Hello[],
): Promise<{ readonly visits: Visit[]; readonly leftOut: number }> {
  const visits = new Map<string, Visit>();
  const ours = expectation?.nodes ?? [];
  let fresh = newIn(starts, visits);
  for (let round = 0; round < MOST_ROUNDS && fresh.length > 0; round++) {
    const before = [...visits.values()];
    const now = fresh.slice(0, MOST_SERVERS - visits.size);
    const found = await Promise.all(
      now.map((address) =>
        visitor.visit(
          address,
          masterName,
          namedBy(address, [...starts, ...nodes], before),
          kindAt(address, toldIn(before), doors, ours),
        ),
      ),
    );
    for (const visit of found) visits.set(addressText(visit.address), visit);
    fresh = newIn(leadsIn([...visits.values()], hellos, masterName), visits);
    if (now.length === 0) break;
  }
  return { visits: [...visits.values()], leftOut: fresh.length };
}

/** Asked only where something is amiss between them: a data node may have many clients. */
async function usersOf(visitor: Visitor, visits: readonly Visit[], hellos: readonly Hello[]) {
  const nodes = mayLackRights(visits, hellos) ? visits.filter(({ kind }) => kind === 'redis') : [];
  const users = await Promise.all(
    nodes.map(async ({ address }) => {
      return [addressText(address), await visitor.sentinelUsers(address)] as const;
    }),
  );
  return new Map(users);
}

/** Those that were not visited yet, each once. */
function newIn(leads: readonly Address[], visits: ReadonlyMap<string, Visit>): Address[] {
  const fresh = new Map(leads.map((address) => [addressText(address), address]));
  for (const text of visits.keys()) fresh.delete(text);
  return [...fresh.values()];
}

/** Sentinels that nobody told of still say hello on the data nodes that they monitor. */
async function listenTo(
  visitor: Visitor,
  visits: readonly Visit[],
  signal: AbortSignal,
): Promise<Hello[]> {
  const nodes = visits.filter(({ kind }) => kind === 'redis');
  if (nodes.length === 0) return [];
  const over = waitFor(async () => undefined, {
    deadline: Date.now() + LISTEN_MS,
    everyMs: LOOK_AGAIN_MS,
    signal,
  });
  const heard = await Promise.all(
    nodes.map(async ({ address }) => {
      const { door, credentials } = visitor.keyOf(address);
      const payloads = await hearHellos(door, credentials, over);
      return payloads.map((payload) => parseHello(payload, address));
    }),
  );
  await over;
  const hellos = heard.flat().filter((hello) => hello !== undefined);
  return [...new Map(hellos.map((hello) => [JSON.stringify(hello), hello])).values()];
}
