import { settingIn, textOf } from '../health/raw.js';
import { parseSave, type SaveFacts } from '../health/save.js';
import { RsentError } from '../model/errors.js';
import type { NodeClient } from '../redis/client.js';
import type { Context } from './context.js';
import { Patience, untilNoHeadway } from './patience.js';
import { waitFor } from './wait.js';

/** A data node that is to save. */
export interface Saver {
  readonly topology: string;
  readonly name: string;
  readonly container: string;
  readonly client: NodeClient;
}

/** Replication up to here must be in what is saved. */
export interface Mark {
  readonly replicationId: string;
  readonly offset: number;
}

/** What is in a dump. */
export interface Saved {
  /** When the save began, and how the node was then. */
  readonly at: Date;
  readonly facts: SaveFacts;
  /** How it was when the save had ended. */
  readonly after: SaveFacts;
}

const STOPS_WRITES = 'stop-writes-on-bgsave-error';
const POLL_MS = 50;
/** How often a save is begun anew because data changed between the questions around it. */
const ATTEMPTS = 5;

/**
 * Wait until a node has all that its master had at the mark.
 * @throws RsentError `refused` when it does not get there in time
 */
export async function awaitMark(
  { signal }: Context,
  { topology, name, client }: Saver,
  mark: Mark,
  timeoutMs: number,
): Promise<void> {
  const patience = new Patience(timeoutMs);
  let last: SaveFacts | undefined;
  const there = await waitFor(
    async () => {
      last = (await factsOf(client)) ?? last;
      if (last !== undefined) patience.sees(name, { what: 'sync', amount: last.offset });
      return last !== undefined && covers(last, mark) ? true : undefined;
    },
    untilNoHeadway({ everyMs: POLL_MS, signal }, patience),
  );
  if (there) return;
  const saw =
    last === undefined
      ? 'it does not answer'
      : `it is at ${last.offset}, the master was at ${mark.offset}`;
  throw new RsentError('refused', `${name} did not catch up with the master in time: ${saw}.`, {
    hint: `Nothing was saved. --timeout gives it longer; rsent status ${topology} shows how far it is behind.`,
  });
}

function covers({ inSync, replicationId, offset }: SaveFacts, mark: Mark): boolean {
  return inSync && replicationId === mark.replicationId && offset >= mark.offset;
}

/**
 * Have a node save now. One that is at it already, for whatever reason, is waited for first: what
 * it saves is of an earlier moment.
 * @throws RsentError `refused` with the server's words when the save failed
 */
export async function saveNow(
  context: Context,
  saver: Saver,
  mark: Mark,
  timeoutMs: number,
): Promise<Saved> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    context.progress.stage(`Waiting for ${saver.name} to save`);
    await awaitEnd(context, saver, ({ busy }) => busy, timeoutMs);
    const at = new Date();
    const begun = await begin(saver);
    if (begun === undefined) continue;
    const after = await awaitEnd(context, saver, ({ saving }) => saving, timeoutMs);
    if (after.server.runId !== begun.facts.server.runId) throw restarted(saver);
    if (!after.lastSaveOk) throw await failed(context, saver);
    // Only now: whether the save succeeds is worth knowing in any case.
    const { facts, isStill } = begun;
    if (facts.replicationId !== mark.replicationId) throw switched(saver);
    if (isStill && covers(facts, mark)) return { at, facts, after };
  }
  throw new RsentError('refused', `The data of ${saver.name} changed whenever it began to save.`, {
    hint: 'Nothing was kept. Try again when there is less load.',
  });
}

/** Asked in one piece: what is counted before and after the fork is what was in it. */
async function begin({ topology, name, client }: Saver) {
  const [before, saving, after] = await client.askAtOnce([['INFO'], ['BGSAVE'], ['INFO']]);
  if (!before?.ok || !saving || !after?.ok) return undefined;
  if (!saving.ok) {
    // Somebody else was faster.
    if (/in progress|child process|already/i.test(saving.error)) return undefined;
    throw new RsentError('refused', `${name} does not save: ${saving.error}`, {
      hint: `Nothing was kept. rsent logs ${topology} ${name} shows what it has logged.`,
    });
  }
  const [first, second] = [textOf(before), textOf(after)];
  if (first === undefined || second === undefined) return undefined;
  const [facts, next] = [parseSave(first), parseSave(second)];
  return { facts, isStill: facts.state === next.state };
}

/** Wait as long as it takes, but not for one that is silent. */
async function awaitEnd(
  { signal, progress }: Context,
  saver: Saver,
  isAtIt: (facts: SaveFacts) => boolean,
  patienceMs: number,
): Promise<SaveFacts> {
  const { client } = saver;
  const started = Date.now();
  let heardAt = started;
  const facts = await waitFor(
    async () => {
      const seen = await factsOf(client);
      if (seen === undefined && Date.now() - heardAt > patienceMs) throw silent(saver);
      if (seen === undefined) return undefined;
      heardAt = Date.now();
      progress.detail(`${Math.round((heardAt - started) / 1000)} s`);
      return isAtIt(seen) ? undefined : seen;
    },
    { deadline: Number.POSITIVE_INFINITY, everyMs: POLL_MS, signal },
  );
  if (facts === undefined) throw silent(saver);
  return facts;
}

/** True when the dump that lies there is still the one that was saved, and no later one. */
export async function isLastSave({ client }: Saver, { after }: Saved): Promise<boolean> {
  const now = await factsOf(client);
  if (now === undefined || !now.inSync) return false;
  // Before 7.0 a full sync leaves a dump too: that of another history.
  const key = ({ server, replicationId, lastSaveAt, saves }: SaveFacts) =>
    [server.runId, replicationId, lastSaveAt, saves].join(' ');
  return key(now) === key(after);
}

async function factsOf(client: NodeClient): Promise<SaveFacts | undefined> {
  const { info } = await client.ask({ info: ['INFO'] });
  const text = textOf(info);
  return text === undefined ? undefined : parseSave(text);
}

/**
 * A server with save points that could not save may answer PING with MISCONF, and Sentinel take it
 * for dead. The confs that rsent writes now have that off; older ones and templates of users may not.
 * It was rsent that made it try, and its append-only file is whole.
 */
async function failed({ engine }: Context, { topology, name, container, client }: Saver) {
  const { was, set } = await client.ask({
    was: ['CONFIG', 'GET', STOPS_WRITES],
    set: ['CONFIG', 'SET', STOPS_WRITES, 'no'],
  });
  const wasOn = settingIn(was) === 'yes';
  const log = (await engine.logs(container, 8).catch(() => '')).trimEnd();
  const words =
    log === ''
      ? ` It has logged nothing here; rsent logs ${topology} ${name} may know more.`
      : `\n${log}`;
  const also =
    wasOn && set.ok
      ? ` It goes on serving: ${STOPS_WRITES} is off there until it is started anew.`
      : '';
  return new RsentError('refused', `${name} could not save its data.${words}`, {
    hint: `Nothing was kept. Mostly its disk is full, or its directory not its own.${also}`,
  });
}

function silent({ topology, name }: Saver): RsentError {
  return new RsentError('unhealthy', `${name} stopped answering while it was to save.`, {
    hint: `Nothing was kept. rsent status ${topology} shows how it is.`,
  });
}

function restarted({ topology, name }: Saver): RsentError {
  return new RsentError('unhealthy', `${name} was started anew while it saved.`, {
    hint: `Nothing was kept. rsent logs ${topology} ${name} tells why; then try again.`,
  });
}

function switched({ name }: Saver): RsentError {
  return new RsentError('unhealthy', `The master changed while ${name} was to save.`, {
    hint: 'Nothing was kept. Try again when the failover is over.',
  });
}
