import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, connect, createServer, type TlsOptions } from 'node:tls';
import { jest } from '@jest/globals';
import { issueCertificate, newAuthority } from '../../src/host/issue-certificate.js';

const DAY_MS = 86_400_000;
const asked = { commonName: 'node-1', dnsNames: ['node-1'], ipAddresses: ['127.0.0.1'], days: 30 };
const authority = await newAuthority({ commonName: 'rsent demo', days: 90 });
/** Of the same name, as a topology that was made anew would have it. */
const stranger = await newAuthority({ commonName: 'rsent demo', days: 90 });
const node = await issueCertificate(authority, asked);
const strangers = await issueCertificate(stranger, asked);

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
    expect(['', 'ECONNRESET']).toContain(await handshake(asClient(strangers), strict));
  });

  it('is refused without one', async () => {
    const code = await handshake({}, { ...asking, rejectUnauthorized: true });
    expect(code).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
  });
});
