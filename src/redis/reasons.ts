import { codeOf, messageOf } from '../model/errors.js';

/** A failure in rsent's own words already: it is passed on as it is. */
export class Unanswered extends Error {}

export const HUNG_UP = 'the connection was closed';

const OTHER_AUTHORITY = 'its certificate was not signed by the authority that rsent knows';
const NO_TLS = 'it does not speak TLS, or in no way that this machine does';

/** The system's and the TLS library's codes (nodejs.org/api/errors.html, openssl-verify(1)). */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: HUNG_UP,
  EPIPE: HUNG_UP,
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  EADDRNOTAVAIL: 'this machine has no address left to call it from',
  ETIMEDOUT: 'no answer to the attempt to connect',
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved at the moment',
  EMFILE: 'this machine has no file descriptor left (ulimit -n)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks',
  DEPTH_ZERO_SELF_SIGNED_CERT: OTHER_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: OTHER_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: OTHER_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: OTHER_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: OTHER_AUTHORITY,
  CERT_SIGNATURE_FAILURE: OTHER_AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate does not name this address',
};

/**
 * Why a server could not be asked, in words for people: those of the server where it answered, else
 * rsent's own. What a library says of its own inside never gets further than here, and no password.
 * @param password that the server was told
 */
export function reasonOf(error: unknown, password?: string | null): string {
  if (error instanceof Unanswered) return messageOf(error);
  if (isReply(error)) return withoutSecret(messageOf(error), password ?? '');
  const code = codeOf(error) ?? '';
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return NO_TLS;
  return WORDS[code] ?? WORDS[/\bE[A-Z]{4,14}\b/.exec(messageOf(error))?.[0] ?? ''] ?? HUNG_UP;
}

/**
 * What a server complains of, without the password that it repeats: whole in a rule that it does
 * not accept, perhaps cut off among the arguments of a command that it does not know, as one that was
 * renamed (server.c, processCommand).
 */
export function withoutSecret(complaint: string, password: string): string {
  const words = complaint.replace(/,? with args beginning with:.*$/s, '');
  return password === '' ? words : words.replaceAll(password, '(password)');
}

/** True for an error that the server itself answered with. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
