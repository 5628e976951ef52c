import type { KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { CertificateFiles, GivenCertificate, NamedFile } from '../model/certificate.js';
import { messageOf } from '../model/errors.js';
import {
  certificateBlocks,
  certificateFacts,
  certificatesIn,
  isSignedBy,
  privateKeyIn,
} from './certificates.js';
import { readText } from './disk.js';
import { readGivenFile } from './given-file.js';
import { handshakeRefusal } from './handshake.js';

/** The extended key usage of servers (RFC 5280, 4.2.1.12). */
const FOR_SERVERS = '1.3.6.1.5.5.7.3.1';
const LEGAL = {
  cert: 'a certificate as PEM text; those between it and the authority may follow it',
  key: 'its private key as PEM text, without a passphrase: nobody is there to type it when a node starts',
  ca: 'the certificate of the authority as PEM text, or several',
};

/** Where a topology keeps the certificate that its user has given. */
export function givenPaths(home: string, name: string): Record<keyof GivenCertificate, string> {
  const at = (file: string) => join(home, name, file);
  return { certPem: at('tls.crt'), keyPem: at('tls.key'), caPem: at('ca.crt') };
}

/** The kept copies; one that is gone is missing in it. */
export async function readKeptCertificate(
  home: string,
  name: string,
): Promise<Partial<GivenCertificate>> {
  const found = await Promise.all(
    Object.entries(givenPaths(home, name)).map(async ([part, path]) => {
      const text = await readText(path);
      return text === undefined ? [] : [[part, text] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

/**
 * Read a certificate of the user's own, and make sure that nodes can show it and that whoever
 * trusts the authority believes it. Only PEM of the wanted kind is taken over from each file.
 * @returns the certificate, or everything that is wrong with it; no problem quotes a file
 */
export async function readGivenCertificate(
  files: CertificateFiles,
): Promise<{ certificate?: GivenCertificate; problems: readonly string[] }> {
  const [cert, key, ca] = await Promise.all([
    parsed(files.cert, LEGAL.cert, certificatesIn),
    parsed(files.key, LEGAL.key, privateKeyIn),
    parsed(files.ca, LEGAL.ca, certificatesIn),
  ]);
  const problems = [cert, key, ca].flatMap((each) => ('problem' in each ? [each.problem] : []));
  const certificates = 'value' in cert ? cert.value : [];
  problems.push(...serverProblems(certificates, files.cert));
  if ('value' in key) problems.push(...pairProblems(certificates, key.value, files));
  if ('value' in ca) problems.push(...chainProblems(certificates, ca.value, files));
  if (problems.length > 0 || !('value' in key && 'value' in ca)) return { problems };
  const certificate = {
    certPem: pemOf(certificates),
    keyPem: key.value.export({ type: 'pkcs8', format: 'pem' }).toString(),
    caPem: pemOf(ca.value),
  };
  // Last, for all that has no words of its own above: weak keys, an expired one between, and so on.
  const refusal = await handshakeRefusal(certificate);
  return refusal === undefined
    ? { certificate, problems: [] }
    : { problems: [`${said(files.cert)}, and no client would accept it: ${refusal}`] };
}

/** True when both are the same to the last certificate. */
export function isSameCertificate(a: GivenCertificate, b: GivenCertificate): boolean {
  return a.certPem === b.certPem && a.keyPem === b.keyPem && a.caPem === b.caPem;
}

/** The authorities of both, each once. */
export function bothAuthorities(caPem: string, otherCaPem: string): string {
  const blocks = [caPem, otherCaPem].flatMap(certificateBlocks);
  return [...new Set(blocks)].map((block) => `${block}\n`).join('');
}

type Parsed<T> = { readonly value: T } | { readonly problem: string };

async function parsed<T>(
  file: NamedFile,
  legal: string,
  parse: (text: string) => T,
): Promise<Parsed<T>> {
  const problem = (why: string) => ({ problem: `${said(file)}, ${why}; legal is ${legal}` });
  const read = await readGivenFile(file.path);
  if ('fault' in read) return problem(`which ${read.fault}`);
  try {
    return { value: parse(read.text) };
  } catch (error) {
    const why = messageOf(error).replace(/^This/, 'this').replace(/\.$/, '');
    return problem(`and ${why}`);
  }
}

function serverProblems([first]: readonly X509Certificate[], file: NamedFile): string[] {
  if (first === undefined) return [];
  const { notBeforeMs, notAfterMs } = certificateFacts(first.toString());
  const wrong = (why: string, legal: string) => `${said(file)}, ${why}; legal is ${legal}`;
  const now = Date.now();
  const problems: string[] = [];
  if (notAfterMs <= now)
    problems.push(wrong(`which ended on ${day(notAfterMs)}`, 'one that is valid now'));
  if (notBeforeMs > now)
    problems.push(wrong(`which begins on ${day(notBeforeMs)} only`, 'one that is valid now'));
  // node says undefined where a certificate names no usage at all, and so is for any.
  const usage: readonly string[] | undefined = first.keyUsage;
  if (usage !== undefined && usage.length > 0 && !usage.includes(FOR_SERVERS))
    problems.push(wrong('which is not for servers', 'one with the extended key usage serverAuth'));
  return problems;
}

function pairProblems(
  certificates: readonly X509Certificate[],
  key: KeyObject,
  files: CertificateFiles,
): string[] {
  const at = certificates.findIndex((each) => each.checkPrivateKey(key));
  if (at === 0 || certificates.length === 0) return [];
  const shown = JSON.stringify(files.cert.path);
  const why =
    at > 0
      ? `which belongs to certificate ${at + 1} in ${shown}; legal is that one first, then those that signed it`
      : `which does not belong to the certificate in ${shown}; legal is the key that it was issued for`;
  return [`${said(files.key)}, ${why}`];
}

/** A root must be reached: neither Redis nor most clients stop at an authority that is none. */
function chainProblems(
  certificates: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  files: CertificateFiles,
): string[] {
  const [first] = certificates;
  if (first === undefined) return [];
  const all = pemOf([...certificates, ...authorities]);
  const roots = authorities.filter(
    (each) => each.issuer === each.subject && each.verify(each.publicKey),
  );
  if (roots.length > 0 && isSignedBy(all, pemOf(roots))) return [];
  const why = isSignedBy(all, pemOf(authorities))
    ? 'which leads to no root; legal is a file in which the self-signed certificate at the end is, too'
    : `which has not signed the certificate in ${JSON.stringify(files.cert.path)} (its issuer is ${inLine(first.issuer)}); legal is the authority that has; certificates between may be in either file`;
  return [`${said(files.ca)}, ${why}`];
}

function said({ where, path }: NamedFile): string {
  return `${where} is ${JSON.stringify(path)}`;
}

function inLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function pemOf(certificates: readonly X509Certificate[]): string {
  return certificates.map(String).join('');
}
