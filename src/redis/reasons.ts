import { codeOf, messageOf } from '../model/errors.js';
import { type Alert, SAID } from '../model/no-answer.js';

/** A failure in rsent's own words already: it is passed on as it is. */
export class Unanswered extends Error {}

export const HUNG_UP = SAID['hung-up'];

/** The system's and the TLS library's codes (nodejs.org/api/errors.html, openssl-verify(1)). */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: SAID.refused,
  ECONNRESET: HUNG_UP,
  EPIPE: HUNG_UP,
  EHOSTUNREACH: SAID['no-route'],
  ENETUNREACH: SAID['no-route'],
  EADDRNOTAVAIL: SAID['no-port-left'],
  ETIMEDOUT: SAID.unanswered,
  ENOTFOUND: SAID.unresolved,
  EAI_AGAIN: SAID['unresolved-now'],
  EMFILE: SAID['no-file-left'],
  CERT_HAS_EXPIRED: SAID['server-expired'],
  CERT_NOT_YET_VALID: SAID['server-early'],
  DEPTH_ZERO_SELF_SIGNED_CERT: SAID['other-authority'],
  SELF_SIGNED_CERT_IN_CHAIN: SAID['other-authority'],
  UNABLE_TO_GET_ISSUER_CERT: SAID['other-authority'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: SAID['other-authority'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: SAID['other-authority'],
  CERT_SIGNATURE_FAILURE: SAID['other-authority'],
  ERR_TLS_CERT_ALTNAME_INVALID: SAID['server-name'],
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
  if (/^ERR_SSL_|^EPROTO$/.test(code))
    return alertIn(`${code} ${messageOf(error)}`) ?? SAID['no-tls'];
  return WORDS[code] ?? WORDS[/\bE[A-Z]{4,14}\b/.exec(messageOf(error))?.[0] ?? ''] ?? HUNG_UP;
}

/** As the TLS library writes them (openssl, ssl_stat.c, SSL_alert_desc_string_long). */
const ALERTS: readonly (readonly [words: string, Alert])[] = [
  ['alert certificate required', 'certificate-required'],
  ['alert unknown ca', 'unknown-ca'],
  ['alert certificate expired', 'certificate-expired'],
  ['alert bad certificate', 'bad-certificate'],
  ['alert certificate unknown', 'bad-certificate'],
  ['alert unsupported certificate', 'bad-certificate'],
  ['alert certificate revoked', 'bad-certificate'],
  ['alert protocol version', 'protocol-version'],
  ['unsupported protocol', 'protocol-version'],
  ['alert handshake failure', 'handshake-failure'],
];

/** The server's alert in a failure of the TLS library; undefined where it sent none that is known. */
function alertIn(failure: string): string | undefined {
  const text = failure.replaceAll('_', ' ').toLowerCase();
  const found = ALERTS.find(([words]) => text.includes(words));
  return found && SAID[found[1]];
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
