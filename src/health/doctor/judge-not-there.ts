import { type Address, addressText, sameAddress } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { isInTouch } from '../scene.js';
import { type Case, finding, type RedisServer, type SilentServer, titleOf } from './case.js';

/** A replica acknowledges once a second (replication.c, replicationCron). */
const MOST_LAG_S = 1;

/** Who has a replica by this address that acknowledged a moment ago: then it runs, wherever it listens. */
export function attachedTo({ redis }: Case, address: Address): RedisServer | undefined {
  return redis.find(({ facts }) =>
    facts.replicas.some(
      (each) => sameAddress(each.address, address) && isInTouch(each, MOST_LAG_S),
    ),
  );
}

/** A replica that is at work, and that nobody can talk to at the address by which it is known. */
export function notThere({ address, name, why }: SilentServer, by: RedisServer): Finding {
  return {
    ...finding(
      'error',
      'node-down',
      name,
      `nobody answers at ${addressText(address)} (${why}), and ${titleOf(by)} has a replica by that address in sync: it runs, and listens elsewhere`,
      'a replica that listens at the address that it announces',
      'on it: CONFIG GET bind, port and replica-announce-*; have it listen at an address that the others reach (bind, in its conf, then restart it), or announce the right one (CONFIG SET replica-announce-ip, replica-announce-port, then CONFIG REWRITE)',
    ),
    about: address,
    // A cut network looks like that for a second.
    settling: true,
  };
}
