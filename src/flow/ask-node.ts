import { randomUUID } from 'node:crypto';
import { abilityQuestions, accessIn } from '../health/abilities.js';
import { sentinelSettingsIn } from '../health/judge-announced.js';
import { settingQuestions, settingsIn } from '../health/judge-settings.js';
import { parseRedis } from '../health/parse-info.js';
import { parseSentinel, type SentinelQuestion } from '../health/parse-sentinel.js';
import {
  MASTERAUTH_QUESTION,
  otherPasswordsOfRedis,
  otherPasswordsOfSentinel,
  SENTINEL_CONFIG_QUESTION,
  type Security,
} from '../health/passwords.js';
import { renamesIn } from '../health/sentinel-renames.js';
import {
  MASTERS_QUESTION,
  monitoredIn,
  WATCHERS_QUESTION,
  watchersIn,
} from '../health/watchers.js';
import type { FileStore } from '../host/file-store.js';
import type { Access } from '../model/access.js';
import type {
  AccessFacts,
  Answer,
  RedisFacts,
  Replies,
  SentinelFacts,
  WriteTrial,
} from '../model/observation.js';
import type { Setting } from '../model/settings.js';
import type { NodeKind } from '../model/topology.js';
import type { Expectation } from '../model/verdict.js';
import { isAtLeast } from '../model/version.js';
import { REDIS_QUESTIONS, sentinelQuestions, TLS_QUESTIONS } from '../redis/ask.js';
import type { NodeClient } from '../redis/client.js';

/** The ways to one node, and what is to be known of it. */
export interface Doors {
  readonly client: NodeClient;
  /** As an application; a write that is held back answers nothing else on its connection. */
  readonly writer: NodeClient;
  /** As rsent, for the same; only opened where the application is refused. */
  readonly ownWriter: NodeClient;
  readonly access: Access;
  readonly expectation: Expectation;
  readonly files: FileStore;
  /** Its conf file, where the files of the topology are known. */
  readonly confFile: string | undefined;
}

/** Ask a data node all that its health depends on, and send it what an application sends. */
export async function askRedis(doors: Doors): Promise<Answer<RedisFacts>> {
  const { client, access, expectation } = doors;
  const isTls = access.redis.ca !== undefined;
  const expected = expectedOf(expectation);
  const [replies, tried] = await Promise.all([
    client.ask({
      ...abilityQuestions('redis', isAcl(access, 'redis')),
      ...settingQuestions(expected),
      ...WATCHERS_QUESTION,
      ...MASTERAUTH_QUESTION,
      ...(isTls ? { ...REDIS_QUESTIONS, ...TLS_QUESTIONS } : REDIS_QUESTIONS),
    }),
    tryWrite(doors),
  ]);
  const answer = parseRedis(replies);
  if (!answer.reached) return answer;
  const rights = accessIn(replies, 'redis', isAcl(access, 'redis'));
  const settings = settingsIn(replies, expected);
  return {
    ...answer,
    facts: {
      ...{ ...answer.facts, ...rights, ...watchersIn(replies), settings, ...tried },
      ...compared(expectation, (known) => otherPasswordsOfRedis(replies, access, known)),
    },
  };
}

/** All settings that a data node should have, by the first one: their names are the same everywhere. */
function expectedOf({ settings }: Expectation): Setting[] {
  const [given = []] = Object.values(settings?.given ?? {});
  return [...(settings?.redisSettings ?? []), ...given];
}

/** What comes of comparing passwords, where rsent gave them. */
function compared(
  { settings }: Expectation,
  compare: (security: Security) => readonly string[],
): Pick<AccessFacts, 'otherPasswords'> {
  return settings?.ownUsers === true ? { otherPasswords: compare(settings) } : {};
}

/** How a server refuses a user a command, a key or a channel (acl.c, ACLCheckAllPerm). */
const FOR_ITS_RIGHTS = /^NOPERM/;

/**
 * Send what an application sends, as an application. With XX it changes nothing, as there is no
 * such key (redis.io/commands/set), and the server checks it as any other write. Where the user's
 * rights forbid this one, that proves nothing of others: the server is asked by rsent's own user.
 * @returns nothing when the application's password is not known
 */
async function tryWrite({
  writer,
  ownWriter,
  access,
  expectation,
}: Doors): Promise<Pick<RedisFacts, 'trial' | 'forbidden'>> {
  const isLocked = expectation.settings?.auth === true;
  if (isLocked && access.application.password === undefined) return {};
  const trial = await tryAs(writer);
  if (trial.taken || !FOR_ITS_RIGHTS.test(trial.why)) return { trial };
  const own = isAcl(access, 'redis') ? await tryAs(ownWriter) : trial;
  const isProof = own.taken || !FOR_ITS_RIGHTS.test(own.why);
  return { forbidden: trial.why, ...(isProof ? { trial: own } : {}) };
}

async function tryAs(writer: NodeClient): Promise<WriteTrial> {
  const { set } = await writer.ask({ set: ['SET', `rsent:look:${randomUUID()}`, '', 'XX'] });
  return set.ok ? { taken: true } : { taken: false, why: set.error };
}

/**
 * Ask a Sentinel all that its health depends on.
 * @param flush also have it save its conf
 */
export async function askSentinel(
  { client, access, expectation, files, confFile }: Doors,
  flush: boolean,
): Promise<Answer<SentinelFacts>> {
  const questions = {
    ...abilityQuestions('sentinel', isAcl(access, 'sentinel')),
    ...sentinelQuestions(expectation.masterName),
    ...MASTERS_QUESTION,
    ...SENTINEL_CONFIG_QUESTION,
  };
  const { masterName } = expectation;
  const parse = (replies: Replies<SentinelQuestion>, text?: string) =>
    withMore(parseSentinel(replies), {
      ...accessIn(replies, 'sentinel', isAcl(access, 'sentinel')),
      ...monitoredIn(replies),
      ...sentinelSettingsIn(replies, text),
      ...compared(expectation, (known) =>
        otherPasswordsOfSentinel(replies, text, masterName, access, known),
      ),
    });
  if (!flush) return parse(await client.ask(questions));
  const [before, conf] = await Promise.all([
    confFile && files.fileVersion(confFile),
    confFile && files.readText(confFile).catch(() => undefined),
  ]);
  const replies = await client.ask({ ...questions, flush: ['SENTINEL', 'FLUSHCONFIG'] });
  const told = parse(replies, conf);
  const after = confFile && (await files.fileVersion(confFile));
  const renames = conf ? { renames: renamesIn(conf, expectation.masterName) } : {};
  const answer = withMore(told, renames);
  return before !== undefined && before === after ? doubtSaved(answer) : answer;
}

/** True where everyone is a user of its own. */
function isAcl(access: Access, kind: NodeKind): boolean {
  return access[kind].username !== undefined;
}

function withMore(
  answer: Answer<SentinelFacts>,
  more: Partial<SentinelFacts>,
): Answer<SentinelFacts> {
  return answer.reached ? { reached: true, facts: { ...answer.facts, ...more } } : answer;
}

/** Before 7.0 FLUSHCONFIG answers OK even when nothing was saved (sentinel.c, sentinelFlushConfig). */
function doubtSaved(answer: Answer<SentinelFacts>): Answer<SentinelFacts> {
  if (!answer.reached || isAtLeast(answer.facts.server.version, '7.0.0')) return answer;
  const confSaved = { ok: false, why: 'it answered OK, but its conf file did not change' } as const;
  return { reached: true, facts: { ...answer.facts, confSaved } };
}
