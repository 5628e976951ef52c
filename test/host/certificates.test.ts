import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, connect, createServer, type TlsOptions } from 'node:tls';
import { jest } from '@jest/globals';
import {
  certificateFacts,
  isSignedBy,
  issueCertificate,
  matches,
  newAuthority,
} from '../../src/host/certificates.js';

const DAY_MS = 86_400_000;
const HOSTILE = `node"'\\/,+\nCN=root\r\0\u202e\ud800é€𝒳`;
const asked = { commonName: 'node-1', dnsNames: ['node-1'], ipAddresses: ['127.0.0.1'], days: 30 };
const authority = await newAuthority({ commonName: 'rsent demo', days: 90 });
/** Of the same name, as a topology that was made anew would have it. */
const stranger = await newAuthority({ commonName: 'rsent demo', days: 90 });
const node = await issueCertificate(authority, asked);
const strangers = await issueCertificate(stranger, asked);
const refusedWith = (text: string) =>
  expect.objectContaining({ kind: 'topology', message: expect.stringContaining(text) });

afterEach(() => {
  jest.restoreAllMocks();
});

/** What came of a handshake: what the server thinks of its client, or the error's code. */
async function handshake(to: ConnectionOptions, server: TlsOptions = {}): Promise<string> {
  const { certPem: cert, keyPem: key } = node;
  const listener = createServer({ cert, key, ...server }, (socket) => {
    socket.end(String(socket.authorizationError ?? 'welcome'));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  try {
    const { port } = listener.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', port, ca: authority.certPem, ...to });
    let heard = '';
    socket.setEncoding('utf8').on('data', (text) => {
      heard += text;
    });
    // A server of TLS 1.3 refuses a client after the client's own handshake: read to the end.
    return await once(socket, 'end').then(
      () => heard,
      (error) => error.code,
    );
  } finally {
    listener.close();
  }
}

describe('a TLS handshake', () => {
  it('is accepted for the address in the certificate', async () => {
    expect(await handshake({})).toBe('welcome');
  });

  it.each(['node-1', 'my_node', 'db.example'])(
    'is accepted for the name %s',
    async (servername) => {
      const names = { ...asked, dnsNames: ['node-1', 'my_node', 'db.example'], ipAddresses: [] };
      const { certPem: cert, keyPem: key } = await issueCertificate(authority, names);
      expect(await handshake({ servername }, { cert, key })).toBe('welcome');
    },
  );

  it('is refused for another name, and for the common name where it is no DNS name', async () => {
    const named = { ...asked, commonName: 'common' };
    const { certPem: cert, keyPem: key } = await issueCertificate(authority, named);
    const refused = 'ERR_TLS_CERT_ALTNAME_INVALID';
    expect(await handshake({ servername: 'node-2' }, { cert, key })).toBe(refused);
    expect(await handshake({ servername: 'common' }, { cert, key })).toBe(refused);
  });

  it('is refused for another address', async () => {
    const elsewhere = { ...asked, ipAddresses: ['127.0.0.2'] };
    const { certPem: cert, keyPem: key } = await issueCertificate(authority, elsewhere);
    expect(await handshake({}, { cert, key })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('is refused by who trusts another authority, though it has the same name', async () => {
    const code = await handshake({ ca: stranger.certPem });
    expect(code).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('is accepted with the common name of the authority itself', async () => {
    const named = { ...asked, commonName: 'rsent demo' };
    const { certPem: cert, keyPem: key } = await issueCertificate(authority, named);
    expect(await handshake({}, { cert, key })).toBe('welcome');
  });

  it('is refused once the certificate has ended', async () => {
    const before = Date.now() - 31 * DAY_MS;
    jest.spyOn(Date, 'now').mockReturnValue(before);
    const old = await newAuthority({ commonName: 'old', days: 90 });
    const { certPem: cert, keyPem: key } = await issueCertificate(old, asked);
    jest.restoreAllMocks();
    expect(await handshake({ ca: old.certPem }, { cert, key })).toBe('CERT_HAS_EXPIRED');
  });
});

describe('a mutual TLS handshake', () => {
  const asking = { requestCert: true, ca: authority.certPem };
  const asClient = ({ certPem: cert, keyPem: key }: typeof node) => ({ cert, key });

  it('is accepted with a certificate of the same authority', async () => {
    const answer = await handshake(asClient(node), { ...asking, rejectUnauthorized: true });
    expect(answer).toBe('welcome');
  });

  it('is refused with one of another authority, for that reason', async () => {
    const lenient = { ...asking, rejectUnauthorized: false };
    expect(await handshake(asClient(strangers), lenient)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    const strict = { ...asking, rejectUnauthorized: true };
    expect(await handshake(asClient(strangers), strict)).toBe('ECONNRESET');
  });

  it('is refused without one', async () => {
    const code = await handshake({}, { ...asking, rejectUnauthorized: true });
    expect(code).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
  });
});

describe('newAuthority', () => {
  it('may sign certificates, and is its own issuer', () => {
    const facts = certificateFacts(authority.certPem);
    expect(facts).toMatchObject({ subject: 'CN=rsent demo', isAuthority: true, dnsNames: [] });
    expect(isSignedBy(authority.certPem, authority.certPem)).toBe(true);
    expect(new X509Certificate(authority.certPem).keyUsage).toBeUndefined();
  });

  it('has a key of its own each time: EC P-256, as PKCS#8', () => {
    const { asymmetricKeyDetails } = createPrivateKey(authority.keyPem);
    expect(asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(authority.keyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(authority.keyPem).not.toBe(stranger.keyPem);
  });

  it('has a random serial number above zero, always of the same length', () => {
    const serials = [authority, stranger, node, strangers].map(
      ({ certPem }) => new X509Certificate(certPem).serialNumber,
    );
    expect(serials).toEqual(serials.map(() => expect.stringMatching(/^[4-7][0-9A-F]{31}$/)));
    expect(new Set(serials).size).toBe(serials.length);
  });

  it.each([0, -1, 1.5, 36_501, Number.NaN])('refuses %d days', async (days) => {
    await expect(newAuthority({ commonName: 'a', days })).rejects.toEqual(refusedWith('days'));
  });

  it('refuses to have no name', async () => {
    const refused = refusedWith('common name');
    await expect(newAuthority({ commonName: '', days: 1 })).rejects.toEqual(refused);
  });
});

describe('issueCertificate', () => {
  it('is for a server and for a client, and signs nothing', () => {
    expect(certificateFacts(node.certPem).isAuthority).toBe(false);
    const uses = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];
    expect(new X509Certificate(node.certPem).keyUsage).toEqual(uses);
  });

  it('names every name and address that was asked for', async () => {
    const dnsNames = ['localhost', 'my_node', 'a'.repeat(63)];
    const ipAddresses = ['10.0.0.1', '255.255.255.255', '0.0.0.0'];
    const { certPem } = await issueCertificate(authority, { ...asked, dnsNames, ipAddresses });
    expect(certificateFacts(certPem)).toMatchObject({ dnsNames, ipAddresses });
  });

  it('can be for a client that has neither', async () => {
    const nobody = { ...asked, dnsNames: [], ipAddresses: [] };
    const { certPem } = await issueCertificate(authority, nobody);
    expect(new X509Certificate(certPem).subjectAltName).toBeUndefined();
    expect(isSignedBy(certPem, authority.certPem)).toBe(true);
  });

  it.each(['', 'a b', 'a,DNS:b', 'é', '*', 'a\n', 'a..b', '.', 'a'.repeat(64)])(
    'refuses the DNS name %j',
    async (name) => {
      const request = { ...asked, dnsNames: ['fine', name] };
      const refused = refusedWith(`${JSON.stringify(name)} cannot be a DNS name`);
      await expect(issueCertificate(authority, request)).rejects.toEqual(refused);
    },
  );

  it.each(['', '1.2.3', '1.2.3.256', '::1', 'node-1'])(
    'refuses the address %j',
    async (address) => {
      const request = { ...asked, ipAddresses: ['127.0.0.1', address] };
      const refused = refusedWith(`${JSON.stringify(address)} cannot be an IPv4 address`);
      await expect(issueCertificate(authority, request)).rejects.toEqual(refused);
    },
  );

  it('refuses an authority that is none', async () => {
    const refused = refusedWith('CN=node-1 cannot sign: its certificate is not one');
    await expect(issueCertificate(node, asked)).rejects.toEqual(refused);
  });

  it('refuses an authority with the key of another', async () => {
    const mixed = { ...authority, keyPem: stranger.keyPem };
    const refused = refusedWith('the key is not the one of its certificate');
    await expect(issueCertificate(mixed, asked)).rejects.toEqual(refused);
  });

  it('refuses an authority that has ended', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 91 * DAY_MS);
    await expect(issueCertificate(authority, asked)).rejects.toEqual(refusedWith('it ended 20'));
  });
});

describe('the dates', () => {
  const at = Date.UTC(2030, 0, 2, 3, 4, 5);

  it('go from five minutes ago to so many days from now', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(at + 678);
    const { certPem } = await newAuthority({ commonName: 'a', days: 10 });
    const [notBeforeMs, notAfterMs] = [at - 300_000, at + 10 * DAY_MS];
    expect(certificateFacts(certPem)).toMatchObject({ notBeforeMs, notAfterMs });
  });

  it('can lie beyond 2049, where they are written in another way', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(at);
    const { certPem } = await newAuthority({ commonName: 'a', days: 36_500 });
    expect(certificateFacts(certPem).notAfterMs).toBe(at + 36_500 * DAY_MS);
    expect(Buffer.from(new X509Certificate(certPem).raw).includes('21291209030405Z')).toBe(true);
  });

  it('of a certificate end no later than those of its authority', async () => {
    const { certPem } = await issueCertificate(authority, { ...asked, days: 365 });
    const { notAfterMs } = certificateFacts(authority.certPem);
    expect(certificateFacts(certPem).notAfterMs).toBe(notAfterMs);
  });
});

describe('a hostile common name', () => {
  it('stays one name on one line, on an authority and on what it signs', async () => {
    const evil = await newAuthority({ commonName: HOSTILE, days: 1 });
    const { certPem } = await issueCertificate(evil, { ...asked, commonName: HOSTILE });
    const subject = `CN=node\\"'\\\\/\\,\\+?CN=root????é€𝒳`;
    expect(certificateFacts(evil.certPem).subject).toBe(subject);
    expect(certificateFacts(certPem)).toMatchObject({ subject, dnsNames: ['node-1'] });
    expect(isSignedBy(certPem, evil.certPem)).toBe(true);
  });

  it('is cut to what X.509 lets it have, never within a character', async () => {
    const { certPem } = await newAuthority({ commonName: '𝒳'.repeat(5000), days: 1 });
    expect(certificateFacts(certPem).subject).toBe(`CN=${'𝒳'.repeat(64)}`);
  });
});
