import type { Replies, Untold } from '../model/observation.js';

/** A server that knows the question, and does not let this user ask it (acl.c, ACLCheckAllPerm). */
const FORBIDDEN = /^NOPERM/;
/** A command that was renamed or taken away (`rename-command` in redis.conf). */
const UNKNOWN = /^ERR unknown command/i;

const SENTINEL_QUESTIONS: Readonly<Record<string, string>> = {
  master: 'SENTINEL MASTER',
  masters: 'SENTINEL MASTERS',
  address: 'SENTINEL GET-MASTER-ADDR-BY-NAME',
  replicas: 'SENTINEL REPLICAS',
  peers: 'SENTINEL SENTINELS',
  ckquorum: 'SENTINEL CKQUORUM',
  myid: 'SENTINEL MYID',
  debug: 'SENTINEL DEBUG',
  flush: 'SENTINEL FLUSHCONFIG',
};

/** What this server refused to tell who asked, by commands; undefined when it told all. */
export function untoldIn(replies: Replies): Untold | undefined {
  const refused = Object.entries(replies).flatMap(([question, reply]) => {
    if (reply.ok || !(FORBIDDEN.test(reply.error) || UNKNOWN.test(reply.error))) return [];
    const command = commandOf(question);
    // Before 6.0, in a Sentinel before 6.2, there are no users of whom anything could be told.
    if (command === 'ACL' && UNKNOWN.test(reply.error)) return [];
    return [{ command, why: reply.error }];
  });
  const [first] = refused;
  if (first === undefined) return undefined;
  const why = (refused.find((each) => FORBIDDEN.test(each.why)) ?? first).why;
  const commands = [...new Set(refused.map(({ command }) => command))];
  return { commands, why, isForbidden: FORBIDDEN.test(why) };
}

function commandOf(question: string): string {
  if (/^(value of|setting) /.test(question)) return 'CONFIG GET';
  if (/^(plainPort|tlsReplication)$/.test(question)) return 'CONFIG GET';
  if (question === 'commands') return 'COMMAND INFO';
  if (question === 'watchers') return 'CLIENT LIST';
  return SENTINEL_QUESTIONS[question] ?? (question.includes(' ') ? 'ACL' : question.toUpperCase());
}
