import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { messageOf, RsentError } from '../model/errors.js';

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

/** How DER begins: a sequence with a length of several bytes, read as text. */
const BINARY = /^0[^\x20-\x7f\s]/;
const [BEGIN, END] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'];
/** More than the store of a system holds; each may have to be tried against each. */
const MOST_CERTIFICATES = 300;

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
