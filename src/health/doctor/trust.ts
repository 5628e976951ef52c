import type { Credentials } from '../../model/access.js';
import type { Greeting } from '../../model/examination.js';
import { type Address, addressText, sameAddress } from '../../model/topology.js';
import { toldIn, type Visit } from './visit.js';

/**
 * Who has named an address: the user; a Sentinel that the user has named; or anyone. Whoever may
 * publish on a data node can have every Sentinel list an address (sentinel.c,
 * sentinelProcessHelloMessage: an unknown Sentinel is added, a higher epoch moves the master).
 */
export type NamedBy = 'user' | 'sentinel' | 'anyone';

/**
 * Who has named this address.
 * @param doors what the user has named
 * @param visits to them, and to others, whose word counts for nothing here
 */
export function namedBy(
  address: Address,
  doors: readonly Address[],
  visits: readonly Visit[],
): NamedBy {
  const isDoor = (each: Address) => doors.some((door) => sameAddress(door, each));
  if (isDoor(address)) return 'user';
  const believed = visits.filter((visit) => isDoor(visit.address));
  // A Sentinel that lets everyone in can be told of another Sentinel by everyone.
  const open = new Set(
    believed.flatMap(({ greeting, address: at }) => (greeting?.open ? [addressText(at)] : [])),
  );
  const isTold = toldIn(believed).some(
    ({ address: told, as, by }) =>
      sameAddress(told, address) && (as !== 'sentinel' || !open.has(by)),
  );
  return isTold ? 'sentinel' : 'anyone';
}

/**
 * Whether a server may be told the password. Where TLS was asked for, only over TLS, in which it
 * shows a certificate of the user's authority. In the clear only whom the user has named; and, where
 * there is one password for all, whom a Sentinel lists that the user has named: the Sentinel says it
 * to them, too (auth-pass, requirepass). Somebody who has a name may have more rights than it.
 */
export function mayHear(
  named: NamedBy,
  { tls }: Greeting,
  { username, password, ca }: Credentials,
): boolean {
  if (password === undefined || named === 'anyone') return false;
  if (ca !== undefined) return tls;
  return !tls && (named === 'user' || username === undefined);
}
