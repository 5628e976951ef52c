import type { TopologyRecord } from './topology.js';

/** What a topology has of a network of somebody else's: addresses on it, or its gateway. */
export interface Joined {
  readonly network: string;
  /** CIDR of the network, where the nodes live on it. */
  readonly subnet?: string;
  /** Where the nodes are published instead, as it gives no fixed addresses. */
  readonly gateway?: string;
}

/** A network as far as it matters to who joined it. */
export interface JoinedFacts {
  readonly name: string;
  readonly subnets: readonly string[];
  readonly gateway?: string;
}

/** What became of it: it is gone, or what is called so now is another one. */
export type JoinedChange =
  | { readonly kind: 'gone' }
  | { readonly kind: 'other'; readonly was: string; readonly now: string };

/** What of a record is somebody else's network; undefined where it joined none. */
export function joinedOf({ spec, placement }: TopologyRecord): Joined | undefined {
  const network = spec.reach.join;
  if (network === undefined) return undefined;
  if (placement.joined) return { network, subnet: placement.subnet };
  const gateway = placement.form === 'announce' ? placement.nodes[0]?.published.ip : undefined;
  return gateway === undefined ? undefined : { network, gateway };
}

/** The command that makes it again, when it is gone, so that the nodes can be on it as they were. */
export function makeAgain({ network, subnet }: Joined): string {
  return `docker network create ${subnet === undefined ? '' : `--subnet ${subnet} `}${network}`;
}

/** How a network differs from what was joined; undefined where it does not. */
export function joinedChange(
  { network, subnet, gateway }: Joined,
  networks: readonly JoinedFacts[],
): JoinedChange | undefined {
  const now = networks.find(({ name }) => name === network);
  if (now === undefined) return { kind: 'gone' };
  const was = subnet ?? gateway ?? '';
  // An engine need not tell the gateway.
  const is = subnet === undefined ? (now.gateway ?? was) : (now.subnets[0] ?? was);
  return is === was ? undefined : { kind: 'other', was, now: is };
}
