import { type Passwords, USERS } from '../model/access.js';
import { type NodeKind, ofKind } from '../model/topology.js';
import type { Command } from '../redis/client.js';

/** A user as the servers know it, and its new password. */
interface Account {
  readonly user: string;
  readonly password: string;
  /** Redis's own setting for the default user; Sentinel and named users have none. */
  readonly isDefault: boolean;
  readonly kinds: readonly NodeKind[];
}

/** Something that a node is told. It may hold a password: it is never shown. */
export interface Tell<Node> {
  readonly node: Node;
  readonly command: Command;
}

interface Named {
  readonly name: string;
  readonly kind: NodeKind;
}

/** No replica talks to a Sentinel, so it knows none. */
function accountsOf(acl: boolean, fresh: Passwords): readonly Account[] {
  const kinds: readonly NodeKind[] = ['sentinel', 'redis'];
  if (!acl) return [{ user: 'default', password: fresh.app, isDefault: true, kinds }];
  return USERS.map((user) => ({
    user,
    password: fresh[user],
    isDefault: false,
    kinds: user === 'replication' ? ['redis'] : kinds,
  }));
}

/**
 * Beside the old ones. Users have passwords since 6.0 (redis.io/commands/acl-setuser), in Sentinel
 * since 6.2: the Sentinels first, so that nothing has changed when they cannot.
 */
export function learning<Node extends Named>(
  nodes: readonly Node[],
  acl: boolean,
  fresh: Passwords,
): Tell<Node>[] {
  return [...ofKind(nodes, 'sentinel'), ...ofKind(nodes, 'redis')].flatMap((node) =>
    accountsOf(acl, fresh)
      .filter(({ kinds }) => kinds.includes(node.kind))
      .map(({ user, password }) => ({ node, command: ['ACL', 'SETUSER', user, `>${password}`] })),
  );
}

/** What undoes `learning`. */
export function unlearning<Node extends Named>(
  nodes: readonly Node[],
  acl: boolean,
  fresh: Passwords,
): Tell<Node>[] {
  return nodes.flatMap((node) =>
    accountsOf(acl, fresh)
      .filter(({ kinds }) => kinds.includes(node.kind))
      .map(({ user, password }) => ({ node, command: ['ACL', 'SETUSER', user, `<${password}`] })),
  );
}

/** A node that starts again knows what it knows now. */
export function saving<Node extends Named>(nodes: readonly Node[]): Tell<Node>[] {
  return nodes.map((node) => ({
    node,
    command: node.kind === 'redis' ? ['CONFIG', 'REWRITE'] : ['SENTINEL', 'FLUSHCONFIG'],
  }));
}

/**
 * Whoever connects to another node uses the new one from now on; links are made again. Every node
 * must have saved that it knows it: one that starts again would shut the others out.
 */
export function using<Node extends Named>(
  nodes: readonly Node[],
  masterName: string,
  { replication, sentinel }: Passwords,
): Tell<Node>[] {
  const redis = ofKind(nodes, 'redis').flatMap((node): Tell<Node>[] => [
    { node, command: ['CONFIG', 'SET', 'masterauth', replication] },
    { node, command: ['CONFIG', 'REWRITE'] },
  ]);
  const sentinels = ofKind(nodes, 'sentinel').flatMap((node): Tell<Node>[] => [
    { node, command: ['SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', sentinel] },
    { node, command: ['SENTINEL', 'SET', masterName, 'auth-pass', sentinel] },
  ]);
  return [...redis, ...sentinels];
}

/** The new ones alone open it from then on. */
export function forgetting<Node extends Named>(
  nodes: readonly Node[],
  acl: boolean,
  fresh: Passwords,
): Tell<Node>[] {
  return nodes.flatMap((node) => [
    ...accountsOf(acl, fresh)
      .filter(({ kinds }) => kinds.includes(node.kind))
      .map(
        ({ user, password, isDefault }): Tell<Node> => ({
          node,
          command:
            isDefault && node.kind === 'redis'
              ? ['CONFIG', 'SET', 'requirepass', password]
              : ['ACL', 'SETUSER', user, 'resetpass', `>${password}`],
        }),
      ),
    ...saving([node]),
  ]);
}
