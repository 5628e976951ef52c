import { randomUUID } from 'node:crypto';
import { abilityQuestions, deniedIn } from '../health/abilities.js';
import { settingQuestions, settingsIn } from '../health/judge-settings.js';
import { parseRedis } from '../health/parse-info.js';
import { parseSentinel, type SentinelQuestion } from '../health/parse-sentinel.js';
import type { FileStore } from '../host/file-store.js';
import type { Access } from '../model/access.js';
import type {
  Answer,
  Denied,
  RedisFacts,
  Replies,
  SentinelFacts,
  WriteTrial,
} from '../model/observation.js';
import type { NodeKind } from '../model/topology.js';
import type { Expectation } from '../model/verdict.js';
import { isAtLeast } from '../model/version.js';
import { REDIS_QUESTIONS, sentinelQuestions, TLS_QUESTIONS } from '../redis/ask.js';
import type { Command, NodeClient } from '../redis/client.js';

/** The ways to one node, and what is to be known of it. */
export interface Doors {
  readonly client: NodeClient;
  /** As an application; a write that is held back answers nothing else on its connection. */
  readonly writer: NodeClient;
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
  const expected = expectation.settings?.redisSettings ?? [];
  const [replies, trial] = await Promise.all([
    client.ask({
      ...abilitiesAsked(access, 'redis'),
      ...settingQuestions(expected),
      ...(isTls ? { ...REDIS_QUESTIONS, ...TLS_QUESTIONS } : REDIS_QUESTIONS),
    }),
    tryWrite(doors),
  ]);
  const answer = withDenied(parseRedis(replies), deniedIn(replies, 'redis'));
  if (!answer.reached) return answer;
  const settings = settingsIn(replies, expected);
  return { ...answer, facts: { ...answer.facts, settings, ...(trial && { trial }) } };
}

/**
 * Send what an application sends, as an application. With XX it changes nothing, as there is no
 * such key (redis.io/commands/set), and the server checks it as any other write.
 * @returns undefined when the application's password is not known
 */
async function tryWrite({ writer, access, expectation }: Doors): Promise<WriteTrial | undefined> {
  const isLocked = expectation.settings?.auth === true;
  if (isLocked && access.application.password === undefined) return undefined;
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
    ...abilitiesAsked(access, 'sentinel'),
    ...sentinelQuestions(expectation.masterName),
  };
  const parse = (replies: Replies<SentinelQuestion>) =>
    withDenied(parseSentinel(replies), deniedIn(replies, 'sentinel'));
  if (!flush) return parse(await client.ask(questions));
  const before = confFile && (await files.fileVersion(confFile));
  const answer = parse(await client.ask({ ...questions, flush: ['SENTINEL', 'FLUSHCONFIG'] }));
  const after = confFile && (await files.fileVersion(confFile));
  return before !== undefined && before === after ? doubtSaved(answer) : answer;
}

/** Where everyone is a user of its own: what each of them may do. */
function abilitiesAsked(access: Access, kind: NodeKind): Record<string, Command> {
  return access[kind].username === undefined ? {} : abilityQuestions(kind);
}

function withDenied<Facts extends object>(
  answer: Answer<Facts>,
  denied: readonly Denied[] | undefined,
): Answer<Facts> {
  if (!answer.reached || denied === undefined) return answer;
  return { reached: true, facts: { ...answer.facts, denied } };
}

/** Before 7.0 FLUSHCONFIG answers OK even when nothing was saved (sentinel.c, sentinelFlushConfig). */
function doubtSaved(answer: Answer<SentinelFacts>): Answer<SentinelFacts> {
  if (!answer.reached || isAtLeast(answer.facts.server.version, '7.0.0')) return answer;
  const confSaved = { ok: false, why: 'it answered OK, but its conf file did not change' } as const;
  return { reached: true, facts: { ...answer.facts, confSaved } };
}
