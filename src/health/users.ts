import type { Reply, UserFacts } from '../model/observation.js';

/** No server has so many users, and no user so many rules. */
const MOST = 1000;
const LONGEST = 256;

/**
 * The users of a server, by its reply to ACL LIST: a line for each, as in an ACL file
 * (redis.io/commands/acl-list). No word of a password stays. Undefined when it does not tell.
 */
export function usersIn(reply: Reply | undefined): readonly UserFacts[] | undefined {
  if (reply?.ok !== true || !Array.isArray(reply.value)) return undefined;
  const lines: readonly unknown[] = reply.value.slice(0, MOST);
  return lines.flatMap((line) => userIn(String(line)));
}

/**
 * True when a password opens this user, and no other does; also where the server does not tell.
 * @param reply to ACL LIST
 * @param sha256 of the password, in hexadecimal
 */
export function opensWith(reply: Reply | undefined, name: string, sha256: string): boolean {
  const lines = linesIn(reply);
  if (lines === undefined) return true;
  const words = lines.find((each) => each[1] === name);
  const hashes = words?.filter((word) => word.startsWith('#')) ?? [];
  return hashes.length === 1 && hashes[0] === `#${sha256}`;
}

/** True when a password is among those that open this user; also where nothing is told, or needed. */
export function isOpenedBy(reply: Reply | undefined, name: string, sha256: string): boolean {
  const words = linesIn(reply)?.find((each) => each[1] === name);
  if (words === undefined || words.includes('nopass') || words.includes('off')) return true;
  return words.includes(`#${sha256}`);
}

function linesIn(reply: Reply | undefined): string[][] | undefined {
  if (reply?.ok !== true || !Array.isArray(reply.value)) return undefined;
  const lines: readonly unknown[] = reply.value.slice(0, MOST);
  return lines.map((line) => String(line).split(' ', MOST));
}

function userIn(line: string): UserFacts[] {
  const [what, name = '', ...words] = line.split(' ', MOST);
  if (what !== 'user' || name === '') return [];
  const start = words.findIndex((word) => word.startsWith('('));
  const rules = start < 0 ? words : words.slice(0, start);
  const selectors = start < 0 ? [] : words.slice(start);
  const beginning = (...signs: string[]) =>
    rules.filter((word) => signs.some((sign) => word.startsWith(sign)));
  return [
    {
      name: name.slice(0, LONGEST),
      isOn: rules.includes('on'),
      needsPassword: !rules.includes('nopass'),
      passwords: beginning('#').length,
      keys: rules.includes('allkeys') ? ['~*'] : beginning('~', '%'),
      ...channelsOf(rules, beginning('&')),
      commands: commandsOf(rules, beginning('+', '-')),
      selectors: selectors.join(' '),
    },
  ];
}

function channelsOf(rules: readonly string[], channels: readonly string[]) {
  if (rules.includes('allchannels')) return { channels: ['&*'] };
  return channels.length > 0 || rules.includes('resetchannels') ? { channels } : {};
}

function commandsOf(rules: readonly string[], commands: readonly string[]): readonly string[] {
  if (rules.includes('allcommands')) return ['+@all'];
  return rules.includes('nocommands') ? ['-@all', ...commands] : commands;
}

/** Patterns by which keys may be written; those of rsent's own keys are none of an application's. */
const WRITES = /(?:^|[ (])(?:(?:~|%[Rr]?[Ww][Rr]?~)(?!rsent:)|allkeys)/;

/** True when there is a key of an application's that this user could write, by a command that does. */
export function mayWriteKeys({ keys, selectors }: UserFacts): boolean {
  return keys.some((key) => WRITES.test(key)) || WRITES.test(selectors);
}

/** True when it may run no command at all. */
export function mayRunNothing({ commands, selectors }: UserFacts): boolean {
  return selectors === '' && commands.every((rule) => rule.startsWith('-'));
}
