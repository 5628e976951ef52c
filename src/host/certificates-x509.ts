import { createHash, createPrivateKey, KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { BitString, Integer, OctetString, Utf8String } from 'asn1js';
import {
  AltName,
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CryptoEngine,
  Extension,
  ExtKeyUsage,
  GeneralName,
  RelativeDistinguishedNames,
  Time,
} from 'pkijs';

/** A certificate and the private key that belongs to it, both as PEM text; the key is PKCS#8. */
export interface KeyedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

/** Whom a certificate is for, and from when to when. Everything in it has been checked. */
export interface Subject {
  readonly commonName: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** The names and IPv4 addresses that a server or client is reached by. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Who signs: the name, key and key id that go into a certificate as its issuer's. */
interface Issuer {
  readonly name: RelativeDistinguishedNames;
  readonly keyId: Uint8Array;
  readonly key: webcrypto.CryptoKey;
}

const { subtle } = webcrypto;
const engine = new CryptoEngine({ name: 'node', crypto: webcrypto, subtle });

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const OID = {
  commonName: '2.5.4.3',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};
/** Bits of keyUsage, the first one highest, and how many of the byte are not used. */
const MAY_SIGN_DATA = { bits: 0b1000_0000, unused: 7 };
const MAY_SIGN_CERTIFICATES = { bits: 0b0000_0110, unused: 1 };
const GENERAL_NAME = { dns: 2, ip: 7 } as const;
const SERIAL_BYTES = 16;
const KEY_ID_BYTES = 20;
/** From 2050 on a date is written with a year of four digits (RFC 5280, 4.1.2.5). */
const FIRST_LONG_YEAR = 2050;

/** An authority: a new EC P-256 key, and a certificate that it signs for itself. */
export async function selfSigned(subject: Subject): Promise<KeyedCertificate> {
  const { keys, certificate, keyId } = await draft(subject);
  const issuer = { name: certificate.subject, keyId, key: keys.privateKey };
  const constraints = new BasicConstraints({ cA: true }).toSchema();
  certificate.extensions = [
    extension(OID.basicConstraints, true, constraints),
    keyUsage(MAY_SIGN_CERTIFICATES),
    subjectKeyId(keyId),
  ];
  return sign(certificate, keys, issuer);
}

/**
 * A new EC P-256 key and a certificate for it as server and as client, signed by an authority
 * whose own key is EC P-256, too.
 */
export async function signedBy(
  authority: KeyedCertificate,
  subject: Subject,
  names: AlternativeNames,
): Promise<KeyedCertificate> {
  const issuer = await issuerFrom(authority);
  const { keys, certificate, keyId } = await draft(subject);
  const purposes = new ExtKeyUsage({ keyPurposes: [OID.serverAuth, OID.clientAuth] });
  const signer = new AuthorityKeyIdentifier({
    keyIdentifier: new OctetString({ valueHex: issuer.keyId }),
  });
  certificate.extensions = [
    extension(OID.basicConstraints, true, new BasicConstraints().toSchema()),
    keyUsage(MAY_SIGN_DATA),
    extension(OID.extendedKeyUsage, false, purposes.toSchema()),
    subjectKeyId(keyId),
    extension(OID.authorityKeyId, false, signer.toSchema()),
    ...alternativeNames(names),
  ];
  return sign(certificate, keys, issuer);
}

/** A certificate with a new key, and all in it that does not depend on its kind or its issuer. */
async function draft(subject: Subject) {
  const keys = await subtle.generateKey(P256, true, ['sign', 'verify']);
  const certificate = new Certificate({ version: 2, serialNumber: newSerial() });
  certificate.subject = nameOf(subject.commonName);
  certificate.notBefore = timeOf(subject.notBeforeMs);
  certificate.notAfter = timeOf(subject.notAfterMs);
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey, engine);
  return { keys, certificate, keyId: keyIdOf(certificate) };
}

async function sign(
  certificate: Certificate,
  keys: webcrypto.CryptoKeyPair,
  issuer: Issuer,
): Promise<KeyedCertificate> {
  certificate.issuer = issuer.name;
  await certificate.sign(issuer.key, 'SHA-256', engine);
  const der = Buffer.from(certificate.toSchema(true).toBER());
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { certPem: new X509Certificate(der).toString(), keyPem: key.toString() };
}

/** What an authority puts into the certificates it signs, read from its own. */
async function issuerFrom({ certPem, keyPem }: KeyedCertificate): Promise<Issuer> {
  const certificate = Certificate.fromBER(Uint8Array.from(new X509Certificate(certPem).raw));
  const own = certificate.extensions?.find(({ extnID }) => extnID === OID.subjectKeyId);
  const keyId = own?.parsedValue;
  const der = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
  return {
    name: certificate.subject,
    keyId: keyId instanceof OctetString ? keyId.valueBlock.valueHexView : keyIdOf(certificate),
    key: await subtle.importKey('pkcs8', der, P256, false, ['sign']),
  };
}

/** RFC 7093: the first 160 bits of the SHA-256 of the public key's bits. */
function keyIdOf({ subjectPublicKeyInfo }: Certificate): Uint8Array {
  const bits = subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView;
  return Uint8Array.from(createHash('sha256').update(bits).digest().subarray(0, KEY_ID_BYTES));
}

/** Random, and above zero: the highest bit is the sign, the next keeps the length the same. */
function newSerial(): Integer {
  const bytes = webcrypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return new Integer({ valueHex: bytes });
}

function nameOf(commonName: string): RelativeDistinguishedNames {
  const value = new Utf8String({ value: commonName });
  return new RelativeDistinguishedNames({
    typesAndValues: [new AttributeTypeAndValue({ type: OID.commonName, value })],
  });
}

function timeOf(ms: number): Time {
  const value = new Date(ms);
  return new Time({ type: value.getUTCFullYear() < FIRST_LONG_YEAR ? 0 : 1, value });
}

function alternativeNames({ dnsNames, ipAddresses }: AlternativeNames): Extension[] {
  const altNames = [
    ...dnsNames.map((value) => new GeneralName({ type: GENERAL_NAME.dns, value })),
    ...ipAddresses.map(
      (address) =>
        new GeneralName({
          type: GENERAL_NAME.ip,
          value: new OctetString({ valueHex: Uint8Array.from(address.split('.'), Number) }),
        }),
    ),
  ];
  // An empty list of names would make the certificate invalid.
  if (altNames.length === 0) return [];
  return [extension(OID.alternativeNames, false, new AltName({ altNames }).toSchema())];
}

function subjectKeyId(keyId: Uint8Array): Extension {
  return extension(OID.subjectKeyId, false, new OctetString({ valueHex: keyId }));
}

function keyUsage({ bits, unused }: typeof MAY_SIGN_DATA): Extension {
  const value = new BitString({ valueHex: Uint8Array.of(bits), unusedBits: unused });
  return extension(OID.keyUsage, true, value);
}

function extension(extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }): Extension {
  return new Extension({ extnID, critical, extnValue: value.toBER() });
}
