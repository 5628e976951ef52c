import type { User } from '../model/access.js';
import type { Owner } from '../model/plan.js';
import type { Address, ContainerState, NodePlacement, TopologyRecord } from '../model/topology.js';
import type { Templates } from './conf.js';
import type { KeptRedis } from './kept.js';

/** All that the plan depends on, read beforehand. */
export interface UpFacts {
  readonly record: TopologyRecord;
  /** Absolute path of the topology's directory on the engine's host. */
  readonly directory: string;
  readonly templates: Templates;
  /** What the containers run as. */
  readonly user: Owner;
  /** True when files must be handed over to that user. */
  readonly chown: boolean;
  /** The server program in the image: redis-server or valkey-server. */
  readonly server: string;
  /** False before 7.0, which has no SENTINEL DEBUG. */
  readonly canHasten: boolean;
  /** Whose passwords are on disk already. */
  readonly keptPasswords: ReadonlySet<User>;
  /** True when the authority for TLS, or the user's own certificate, is on disk already. */
  readonly hasAuthority: boolean;
  /** IPv4 addresses of this host. */
  readonly hostAddresses: readonly string[];
  /** Nodes whose certificate is on disk already. */
  readonly certified: ReadonlySet<string>;
  /** True when the record on disk is this one already. */
  readonly recorded: boolean;
  /** Nodes whose volume is there already; nobody asks where there are only directories. */
  readonly volumes?: ReadonlySet<string>;
  readonly networkExists: boolean;
  /** State of the container that holds the network namespace; undefined when there is none. */
  readonly pod: ContainerState | undefined;
  /** Containers of this topology that exist already, by node name. */
  readonly containers: ReadonlyMap<string, ContainerState>;
  /** Nodes whose container is on no network, as a partition leaves it when nobody heals it. */
  readonly cut: ReadonlySet<string>;
  /** Roles found in kept redis.confs, by node name; a node without a conf is not in it. */
  readonly keptRedis: ReadonlyMap<string, KeptRedis>;
  /** Sentinels whose conf is on disk already, by node name. */
  readonly keptSentinels: ReadonlySet<string>;
  readonly master: Address;
  /** Size of the dump that the first data node begins with; absent where it begins with nothing. */
  readonly dumpBytes?: number;
}

/**
 * True when no container of a node can be used as it is: the network namespace that they live in
 * ended with its container, and a new one has another id.
 */
export function mustBeRemade({ record, pod }: UpFacts): boolean {
  return record.placement.pod !== undefined && pod !== 'running';
}

/** True when its container runs already, and can stay. */
export function isUp(node: NodePlacement, facts: UpFacts): boolean {
  if (mustBeRemade(facts)) return false;
  const state = facts.containers.get(node.name);
  return state === 'running' || state === 'restarting';
}
