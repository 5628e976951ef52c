import { isIPv4 } from 'node:net';
import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import { type CertificateFacts, certificateFacts, matches, privateKeyIn } from './certificates.js';
import type { AlternativeNames, KeyedCertificate, Subject } from './certificates-x509.js';

/** Whom an authority or a certificate is for, and for how many days from now. */
export interface AuthorityRequest {
  readonly commonName: string;
  readonly days: number;
}

/** The same for a node, with every name and every IPv4 address that it is reached by. */
export interface CertificateRequest extends AuthorityRequest, AlternativeNames {}

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 36_500;
/** A certificate counts from this long ago, as not every clock that reads it is ours. */
const HEAD_START_MS = 300_000;
/** The most characters that X.509 lets a common name have. */
const LONGEST_NAME = 64;
/** Control characters, lone halves of a character, and what turns or breaks a line. */
const NOT_PRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const DNS_NAME = /^(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*$/;

/**
 * A new certificate authority with an EC P-256 key.
 * A common name is cut to 64 characters; what cannot be printed in it becomes `?`.
 * @throws RsentError `topology` for an empty name, or days that are no whole number from 1 to 36500
 */
export async function newAuthority(request: AuthorityRequest): Promise<KeyedCertificate> {
  const subject = subjectOf(request);
  // Loaded here, so that to read certificates costs a command no library.
  const { selfSigned } = await import('./certificates-x509.js');
  return selfSigned(subject);
}

/**
 * A new EC P-256 key, and a certificate for it as a server and as a client, signed by `authority`.
 * It ends no later than the authority does. Its common name is treated as an authority's.
 * @throws RsentError `topology` when a name or address cannot stand in a certificate, or the
 * authority cannot sign: expired, no authority, or with a key that is another's or not EC P-256
 */
export async function issueCertificate(
  authority: KeyedCertificate,
  request: CertificateRequest,
): Promise<KeyedCertificate> {
  const asked = subjectOf(request);
  assertNames(request);
  const { notAfterMs } = assertCanSign(authority);
  const subject = { ...asked, notAfterMs: Math.min(asked.notAfterMs, notAfterMs) };
  const { signedBy } = await import('./certificates-x509.js');
  return signedBy(authority, subject, request);
}

function subjectOf({ commonName, days }: AuthorityRequest): Subject {
  if (commonName === '') throw new RsentError('topology', 'A certificate needs a common name.');
  if (!Number.isInteger(days) || days < 1 || days > LONGEST_DAYS) {
    const range = `a whole number of days from 1 to ${LONGEST_DAYS}`;
    throw new RsentError('topology', `A certificate is for ${range}, not for ${days}.`);
  }
  const now = Date.now();
  return {
    commonName: [...commonName].slice(0, LONGEST_NAME).join('').replace(NOT_PRINTABLE, '?'),
    notBeforeMs: wholeSeconds(now - HEAD_START_MS),
    notAfterMs: wholeSeconds(now + days * DAY_MS),
  };
}

/** The dates of a certificate know no parts of a second. */
function wholeSeconds(ms: number): number {
  return ms - (ms % 1000);
}

function assertNames({ dnsNames, ipAddresses }: AlternativeNames): void {
  const refuse = (text: string, kind: string) => {
    throw new RsentError('topology', `${shown(text)} cannot be ${kind} of a certificate.`);
  };
  for (const name of dnsNames) if (!DNS_NAME.test(name)) refuse(name, 'a DNS name');
  for (const address of ipAddresses) if (!isIPv4(address)) refuse(address, 'an IPv4 address');
}

function assertCanSign({ certPem, keyPem }: KeyedCertificate): CertificateFacts {
  const facts = certificateFacts(certPem);
  const { asymmetricKeyDetails } = privateKeyIn(keyPem);
  const fail = (why: string) => {
    throw new RsentError('topology', `The authority ${facts.subject} cannot sign: ${why}.`);
  };
  if (!facts.isAuthority) fail('its certificate is not one of an authority');
  if (facts.notAfterMs <= Date.now()) fail(`it ended ${new Date(facts.notAfterMs).toISOString()}`);
  if (!matches(certPem, keyPem)) fail('the key is not the one of its certificate');
  if (asymmetricKeyDetails?.namedCurve !== 'prime256v1') fail('its key is not EC P-256');
  return facts;
}
