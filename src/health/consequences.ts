/** What a Sentinel or a replica complains of when the network between the nodes is gone. */
export const UNHEARD = [
  ...['sees-master-down', 'sees-replica-down', 'sees-peer-down', 'sees-replica-unlinked'],
  ...['sees-replica-astray', 'sees-other-role', 'unproven', 'no-info', 'no-hello', 'impostor'],
  ...['peer-unknown', 'replica-unknown', 'ckquorum', 'epochs-differ', 'failover-running'],
  ...['replica-link-down', 'replica-not-attached', 'replica-other-history', 'writes-refused'],
  ...['no-eligible-replica', 'no-master', 'address-unreachable'],
];

/** What is seen when what all nodes live in is gone. */
export const UNREACHED = [
  ...['node-unreachable', 'node-frozen', 'node-stopped', 'no-master', 'no-majority', 'no-quorum'],
  ...['no-eligible-replica', 'address-unreachable'],
];

/** What replicas and Sentinels complain of where the master does not serve them. */
export const UNSERVED = [
  ...['replica-link-down', 'replica-not-attached', 'replica-syncing', 'sees-replica-unlinked'],
  ...['sees-master-down', 'sees-other-role', 'unproven', 'no-info', 'failover-running'],
  ...['no-eligible-replica', 'no-master', 'replica-other-history', 'master-not-serving'],
  ...['writes-refused'],
];

/** What the others say of a server that does not answer them, or not as it should. */
export const LOST = [
  ...['sees-master-down', 'sees-replica-down', 'sees-peer-down', 'sees-other-role', 'unproven'],
  ...['sees-replica-astray', 'sees-replica-unlinked', 'no-info', 'no-hello', 'two-masters'],
  ...['no-master', 'replica-link-down', 'replica-not-attached'],
];

/** What is seen of a replica that cannot link to its master, for a reason of its own. */
export const UNLINKED_ITSELF = ['replica-link-down', 'replica-not-attached', 'replica-syncing'];

/** What is seen of a master that everybody else left for another one. */
export const OF_THE_PAST = [
  ...['sees-master-down', 'sees-other-role', 'no-eligible-replica', 'replica-unknown'],
  ...['replica-wrong-master', 'replica-other-history', 'replica-unlisted', 'sees-replica-astray'],
  ...['no-info', 'ckquorum', 'failover-running', 'two-masters'],
];

/** What is seen of replicas that never have a whole copy. */
export const COPYING = [
  ...['replica-link-down', 'replica-not-attached', 'replica-syncing', 'sees-replica-unlinked'],
  ...['no-eligible-replica', 'replica-other-history', 'writes-refused'],
];

/** What is seen of replicas that are taken for the one process that stands before them. */
export const MISTAKEN = [
  ...['replica-turned', 'replica-ghost', 'replica-unknown', 'replica-not-attached', 'impostor'],
  ...['no-eligible-replica', 'sees-replica-astray', 'sees-replica-down', 'sees-replica-unlinked'],
  ...['sees-other-role', 'no-info', 'replica-unlisted', 'unproven', 'sees-master-down'],
  ...['sees-other-master', 'epochs-differ', 'failover-running', 'master-not-serving', 'no-master'],
  ...['follows-itself', 'two-masters'],
];

/** What Sentinels see of a data node that takes part in another role, or follows somebody else. */
export const ASTRAY = [
  ...['sees-other-role', 'sees-replica-astray', 'sees-replica-unlinked', 'replica-turned'],
  ...['writes-refused', 'replica-unknown', 'no-eligible-replica'],
];

/** What others see of a Sentinel that they do not have at its address, or not as itself. */
export const UNMET = [
  ...['sees-peer-down', 'peer-unknown', 'peer-id', 'no-hello', 'unproven', 'own-ghost'],
  ...['address-unreachable'],
];

/** What is seen where one node does not let another one in. */
export const UNLINKED = [
  ...['sees-master-down', 'sees-replica-down', 'sees-peer-down', 'unproven', 'no-info', 'no-hello'],
  ...['ckquorum', 'peer-unknown', 'sees-replica-unlinked'],
  ...['replica-link-down', 'replica-not-attached'],
];

/** What is seen while one Sentinel promotes a replica, and the others do not know it all yet. */
export const SWITCHING = [
  ...['sees-master-down', 'sees-other-master', 'sees-other-role', 'sees-replica-astray'],
  ...['sees-replica-unlinked', 'no-info', 'unproven', 'epochs-differ', 'sentinels-disagree'],
  ...['replica-wrong-master', 'replica-link-down', 'replica-not-attached', 'replica-syncing'],
  ...['master-not-serving'],
];
