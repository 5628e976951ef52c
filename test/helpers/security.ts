import type { Passwords } from '../../src/model/access.js';
import type { Security } from '../../src/model/spec.js';

/** Lets everyone in, on this host alone. */
export function aSecurity(changes: Partial<Security> = {}): Security {
  return { auth: false, acl: false, tls: false, publish: '127.0.0.1', ...changes };
}

/** What of a topology is secured by a user for everyone. */
export const ACL = aSecurity({ auth: true, acl: true });

/** The same password for everyone. */
export function onePassword(password: string): Passwords {
  return { app: password, rsent: password, sentinel: password, replication: password };
}

/** A password of its own for each. */
export const OWN_PASSWORDS: Passwords = {
  app: 'password-of-app',
  rsent: 'password-of-rsent',
  sentinel: 'password-of-sentinel',
  replication: 'password-of-replication',
};
