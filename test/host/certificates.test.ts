import { createPrivateKey, X509Certificate } from 'node:crypto';
import { jest } from '@jest/globals';
import { certificateFacts, isSignedBy } from '../../src/host/certificates.js';
import { issueCertificate, newAuthority } from '../../src/host/issue-certificate.js';
import { shown } from '../../src/model/shown.js';

const DAY_MS = 86_400_000;
const HOSTILE = `node"'\\/,+\nCN=root\r\0\u202e\ud800é€𝒳`;
const asked = { commonName: 'node-1', dnsNames: ['node-1'], ipAddresses: ['127.0.0.1'], days: 30 };
const authority = await newAuthority({ commonName: 'rsent demo', days: 90 });
/** Of the same name, as a topology that was made anew would have it. */
const stranger = await newAuthority({ commonName: 'rsent demo', days: 90 });
const node = await issueCertificate(authority, asked);
const strangers = await issueCertificate(stranger, asked);
/** Extensions as they are written: object id, critical, value. */
const WRITTEN = {
  isAuthority: '0603551d130101ff040530030101ff',
  isNoAuthority: '0603551d130101ff04023000',
  signsCertificates: '0603551d0f0101ff040403020106',
  signsData: '0603551d0f0101ff040403020780',
};
/** By OpenSSL: an authority with a key that rsent does not make. */
const P384 = {
  keyPem: `-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBX5bwrXKuS2rVTCK9J
ekWOUkicXoAKvT3eif1foVHaFrgxytOf54PVu8G3KXZ9aDyhZANiAATcNDTN7qqJ
CNi9UgyWwgDvhRerbSZTFHI21TEwF/nvYGODhb7u24wB1Eh3A6h2CANvR0ED9eW9
qMb2+MFJmn5oURYjnR0+jhnNkF+iIAJnB0VRPvVkn8c9CJaIFRhxtmc=
-----END PRIVATE KEY-----
`,
  certPem: `-----BEGIN CERTIFICATE-----
MIIBsjCCATigAwIBAgIUFSZ5khii2LGognlcoLJeMapDM5MwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcDM4NDAgFw0yNjExMjIxNDQ3MjdaGA8yMTI1MDYxNjE0NDcy
N1owDzENMAsGA1UEAwwEcDM4NDB2MBAGByqGSM49AgEGBSuBBAAiA2IABNw0NM3u
qokI2L1SDJbCAO+FF6ttJlMUcjbVMTAX+e9gY4OFvu7bjAHUSHcDqHYIA29HQQP1
5b2oxvb4wUmafmhRFiOdHT6OGc2QX6IgAmcHRVE+9WSfxz0IlogVGHG2Z6NTMFEw
HQYDVR0OBBYEFAjDavLhEFiwT5Rthryvdzu/BkH9MB8GA1UdIwQYMBaAFAjDavLh
EFiwT5Rthryvdzu/BkH9MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDaAAw
ZQIxAMLlMOT/Iuw3CXuaCgsMzpQd+UsZyzl072Uk77WSooU5ftoVg17+55sqrwet
Ozg3JgIwWVOVa0d+WRvvRrsU4c8OFFXKC9QaeoBaxaTzACRTpk1wXPzEmQFALe7k
taDaXgLJ
-----END CERTIFICATE-----
`,
};
const hexOf = (pem: string) => new X509Certificate(pem).raw.toString('hex');
const refusedWith = (text: string) =>
  expect.objectContaining({ kind: 'topology', message: expect.stringContaining(text) });

afterEach(() => {
  jest.restoreAllMocks();
});

describe('newAuthority', () => {
  it('may sign certificates, and is its own issuer', () => {
    const facts = certificateFacts(authority.certPem);
    expect(facts).toMatchObject({ subject: 'CN=rsent demo', isAuthority: true, dnsNames: [] });
    expect(isSignedBy(authority.certPem, authority.certPem)).toBe(true);
    expect(hexOf(authority.certPem)).toContain(WRITTEN.isAuthority);
    expect(hexOf(authority.certPem)).toContain(WRITTEN.signsCertificates);
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
    expect(hexOf(node.certPem)).toContain(WRITTEN.isNoAuthority);
    expect(hexOf(node.certPem)).toContain(WRITTEN.signsData);
    const uses = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];
    expect(new X509Certificate(node.certPem).keyUsage).toEqual(uses);
  });

  it('tells its authority from another of the same name', () => {
    const issued = new X509Certificate(node.certPem);
    expect(issued.checkIssued(new X509Certificate(authority.certPem))).toBe(true);
    expect(issued.checkIssued(new X509Certificate(stranger.certPem))).toBe(false);
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
      const refused = refusedWith(`${shown(name)} cannot be a DNS name`);
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

  it('refuses an authority with another kind of key', async () => {
    await expect(issueCertificate(P384, asked)).rejects.toEqual(refusedWith('not EC P-256'));
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
    jest.spyOn(Date, 'now').mockReturnValue(at + 678);
    const { certPem } = await newAuthority({ commonName: 'a', days: 36_500 });
    expect(certificateFacts(certPem).notAfterMs).toBe(at + 36_500 * DAY_MS);
    expect(new X509Certificate(certPem).raw.includes('21291209030405Z')).toBe(true);
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
