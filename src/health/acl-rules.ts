/**
 * Categories of the commands that Sentinels and replicas send, in 6.0 and 6.2, which have no ACL
 * DRYRUN (server.c, redisCommandTable, and setImplicitACLCategories).
 */
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  ping: ['fast', 'connection'],
  info: ['slow', 'dangerous'],
  subscribe: ['slow', 'pubsub'],
  publish: ['fast', 'pubsub'],
  client: ['admin', 'dangerous', 'slow', 'connection'],
  multi: ['fast', 'transaction'],
  exec: ['slow', 'transaction'],
  slaveof: ['admin', 'dangerous', 'slow'],
  config: ['admin', 'dangerous', 'slow'],
  script: ['slow', 'scripting'],
  replconf: ['admin', 'dangerous', 'slow'],
  psync: ['admin', 'dangerous', 'slow'],
  sentinel: ['admin', 'dangerous', 'slow'],
};

/**
 * Whether these rules let a user run a command; undefined of one whose categories are not known. The
 * last rule that speaks of it decides (redis.io/docs, ACL).
 * @param rules such as `+@all`, `-config`, `+config|rewrite`, in the order in which they were given
 */
export function mayRun(
  rules: readonly string[],
  [command, sub = '']: readonly string[],
): boolean | undefined {
  const name = (command ?? '').toLowerCase();
  const categories = Object.hasOwn(CATEGORIES, name) ? CATEGORIES[name] : undefined;
  if (categories === undefined) return undefined;
  const names = [name, `${name}|${sub.toLowerCase()}`, '@all', ...categories.map((c) => `@${c}`)];
  const last = rules.findLast((rule) => names.includes(rule.slice(1).toLowerCase()));
  return last?.startsWith('+') ?? false;
}
