import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import { messageOf, RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import type { AlternativeNames, KeyedCertificate, Subject } from './certificates-x509.js';

/** Whom an authority or a certificate is for, and for how many days from now. */
export interface AuthorityRequest {
  readonly commonName: string;
  readonly days: number;
}

/** The same for a node, with every name and every IPv4 address that it is reached by. */
export interface CertificateRequest extends AuthorityRequest, AlternativeNames {}

export interface CertificateFacts {
  /** As `CN=name, O=organisation`; what would break a line is escaped. */
  readonly subject: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** SHA-256 of the whole certificate, in hex with colons. */
  readonly fingerprint256: string;
  readonly isAuthority: boolean;
}

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 36_500;
/** A certificate counts from this long ago, as not every clock that reads it is ours. */
const HEAD_START_MS = 300_000;
/** The most characters that X.509 lets a common name have. */
const LONGEST_NAME = 64;
/** Control characters, lone halves of a character, and what turns or breaks a line. */
const NOT_PRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const DNS_NAME = /^(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*$/;
/** How DER begins: a sequence with a length of several bytes, read as text. */
const BINARY = /^0[^\x20-\x7f\s]/;
const [BEGIN, END] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'];
/** More than the store of a system holds; each may have to be tried against each. */
const MOST_CERTIFICATES = 300;

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

/**
 * What a certificate says, without a judgement of it. Of several in one text the first is read.
 * @throws RsentError `topology` when the text is no certificate
 */
export function certificateFacts(certPem: string): CertificateFacts {
  const certificate = certificateIn(certPem);
  const names = alternativeNamesIn(certificate.subjectAltName ?? '');
  return {
    subject: (certificate.subject ?? '').split('\n').join(', '),
    notBeforeMs: timeIn(certificate.validFrom),
    notAfterMs: timeIn(certificate.validTo),
    dnsNames: names.filter(({ kind }) => kind === 'DNS').map(({ value }) => value),
    ipAddresses: names
      .filter(({ kind, value }) => kind === 'IP Address' && isIP(value) !== 0)
      .map(({ value }) => value),
    fingerprint256: certificate.fingerprint256,
    isAuthority: certificate.ca,
  };
}

/**
 * Does the key belong to the certificate (to the first, where the text has several)?
 * @throws RsentError `topology` when one of them cannot be read, or the key has a passphrase
 */
export function matches(certPem: string, keyPem: string): boolean {
  return certificateIn(certPem).checkPrivateKey(privateKeyIn(keyPem));
}

/**
 * Does a way of signatures lead from the first certificate of `certPem`, perhaps over the others
 * in it, to one of those in `caPem`? Dates are not looked at.
 * @throws RsentError `topology` when one of the texts is no certificate
 */
export function isSignedBy(certPem: string, caPem: string): boolean {
  const [first, ...between] = certificatesIn(certPem);
  return first !== undefined && leadsTo(certificatesIn(caPem), first, between);
}

/** Each certificate is looked at once, as those that sign each other would lead in circles. */
function leadsTo(
  authorities: readonly X509Certificate[],
  certificate: X509Certificate,
  between: readonly X509Certificate[],
): boolean {
  const left = new Set(between);
  const reached = [certificate];
  for (const each of reached) {
    if (authorities.some((authority) => signed(authority, each))) return true;
    for (const next of left) {
      if (!signed(next, each)) continue;
      left.delete(next);
      reached.push(next);
    }
  }
  return false;
}

function signed(authority: X509Certificate, certificate: X509Certificate): boolean {
  // Who trusts one self-signed certificate trusts it as it is, though it may not sign others.
  const itself = authority.fingerprint256 === certificate.fingerprint256;
  if (!itself && !(authority.ca && certificate.checkIssued(authority))) return false;
  return certificate.verify(authority.publicKey);
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

/**
 * All certificates in a text, in its order; what else is in it is passed over.
 * @throws RsentError `topology` when there is none, or one is damaged
 */
export function certificatesIn(pem: string): X509Certificate[] {
  const each = certificateBlocks(pem);
  if (each.length > MOST_CERTIFICATES) {
    const why = `it holds ${each.length} certificates, and at most ${MOST_CERTIFICATES} are read`;
    throw new RsentError('topology', `This is no certificate: ${why}.`);
  }
  return (each.length === 0 ? [pem] : each).map(certificateIn);
}

/** The texts of the certificates in a text, from line BEGIN to line END, found in one pass. */
export function certificateBlocks(pem: string): string[] {
  const blocks: string[] = [];
  for (let begin = pem.indexOf(BEGIN); begin >= 0; ) {
    const end = pem.indexOf(END, begin);
    if (end < 0) break;
    blocks.push(pem.slice(begin, end + END.length));
    begin = pem.indexOf(BEGIN, end);
  }
  return blocks;
}

function certificateIn(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    const why = whyNotRead(pem, 'CERTIFICATE', error);
    throw new RsentError('topology', `This is no certificate: ${why}.`, {
      cause: error,
      hint: 'A certificate is a text that begins with -----BEGIN CERTIFICATE-----.',
    });
  }
}

/**
 * The private key in a text.
 * @throws RsentError `topology` when there is none, or it has a passphrase
 */
export function privateKeyIn(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const why = whyNotRead(pem, 'PRIVATE KEY', error);
    throw new RsentError('topology', `This is no private key: ${why}.`, {
      cause: error,
      hint: 'A key is a text that begins with -----BEGIN PRIVATE KEY-----, without a passphrase.',
    });
  }
}

/** Never the text itself: it may be a secret. */
function whyNotRead(pem: string, wanted: string, error: unknown): string {
  if (pem.trim() === '') return 'it is empty';
  if (BINARY.test(pem)) return 'it is binary (DER), not PEM';
  const labels = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label]) => label);
  if (labels.length === 0) return 'it has no -----BEGIN line';
  if (!labels.some((label) => label?.endsWith(wanted))) return `it holds ${labels.join(', ')}`;
  if (pem.includes('ENCRYPTED')) return 'it needs a passphrase';
  // OpenSSL's own words stand behind numbers: `error:0680009B:asn1 encoding routines::too long`.
  return `it is damaged (${messageOf(error).replace(/^error:.*:/, '')})`;
}

/** node's own list of names: `DNS:a, IP Address:10.0.0.1`, with odd ones quoted as in JSON. */
function alternativeNamesIn(text: string): { kind: string; value: string }[] {
  return [...text.matchAll(/(?:^|, )([^:]+):("(?:[^"\\]|\\.)*"|[^,]*)/gy)].map(
    ([, kind = '', value = '']) => ({
      kind,
      value: value.startsWith('"') ? String(JSON.parse(value)) : value,
    }),
  );
}

function timeIn(text: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  throw new RsentError('topology', 'This is no certificate: it has a date that cannot be read.');
}
