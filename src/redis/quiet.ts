import { Redis } from 'ioredis';
import { messageOf } from '../model/errors.js';

/** How a server says that it wants no such password (acl.c, authCommand); before 6.0 in other words. */
const NEEDS_NO_PASSWORD =
  /without any password configured|no password is set|wrong number of arguments for 'auth'/i;

let isQuiet = false;

/**
 * The library prints warnings of its own when a server wants no password, or knows no users. Whether
 * everybody is let in is a finding of the verdict; who is not let in learns it at the first question.
 * Set for all connections, as the library makes some itself (to Sentinels, for its own client).
 */
export function keepQuietOnLogIn(): void {
  if (isQuiet) return;
  isQuiet = true;
  type LogIn = (this: Redis, ...words: unknown[]) => Promise<'OK'>;
  const prototype = Redis.prototype as unknown as { auth: LogIn };
  const logIn = prototype.auth;
  prototype.auth = function quietly(...words) {
    return logIn.apply(this, words).catch((error: unknown) => {
      if (NEEDS_NO_PASSWORD.test(messageOf(error))) return 'OK' as const;
      throw error;
    });
  };
}
