import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { certificateFacts, isSignedBy, matches } from '../../src/host/certificates.js';
import { signedBy } from '../../src/host/certificates-x509.js';
import { issueCertificate, newAuthority } from '../../src/host/issue-certificate.js';
import { LEAF, LEAF_KEY, MID, ROOT, ROOT_KEY, SELF } from '../helpers/chain.js';

const asked = { commonName: 'node-1', dnsNames: ['node-1'], ipAddresses: ['127.0.0.1'], days: 30 };
const names = { dnsNames: [], ipAddresses: [] };
const authority = await newAuthority({ commonName: 'rsent demo', days: 90 });
const stranger = await newAuthority({ commonName: 'rsent demo', days: 90 });
const node = await issueCertificate(authority, asked);
const refusedWith = (text: string) =>
  expect.objectContaining({ kind: 'topology', message: expect.stringContaining(text) });
const thrown = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};
/** The base64 of the middle of a certificate overwritten. */
const DAMAGED = node.certPem.replace(/(?<=\n).{64}(?=\n)/, 'A'.repeat(64));
const BAD_TEXTS: readonly (readonly [string, string, string])[] = [
  ['nothing', '', 'it is empty'],
  ['a blank line', ' \n', 'it is empty'],
  ['other text', 'hello', 'it has no -----BEGIN line'],
  ['the first part of one', node.certPem.slice(0, 200), 'it is damaged'],
  ['a damaged one', DAMAGED, 'it is damaged'],
];

describe('certificateFacts', () => {
  it('reads what another tool made', () => {
    expect(certificateFacts(LEAF)).toEqual({
      subject: 'CN=leaf',
      notBeforeMs: Date.UTC(2026, 10, 22, 14, 41, 2),
      notAfterMs: Date.UTC(2125, 5, 16, 14, 41, 2),
      dnsNames: ['leaf', 'b'],
      ipAddresses: ['10.0.0.1', '0:0:0:0:0:0:0:1'],
      fingerprint256: expect.stringMatching(/^05:F7:E7:AF/),
      isAuthority: false,
    });
    expect(certificateFacts(ROOT)).toMatchObject({
      subject: 'O=Example, CN=root',
      isAuthority: true,
    });
  });

  it('reads the first of several, and passes over a key', () => {
    expect(certificateFacts(LEAF + MID).subject).toBe('CN=leaf');
    expect(certificateFacts(node.keyPem + LEAF).subject).toBe('CN=leaf');
  });

  it.each(['a", DNS:evil', "a', DNS:evil", 'a\\", DNS:evil', 'a\0, DNS:evil', 'a\n, DNS:evil'])(
    'takes the name %j for one name',
    async (name) => {
      const subject = { commonName: 'a', notBeforeMs: 0, notAfterMs: 1000 };
      const hostile = { dnsNames: [name, 'fine'], ipAddresses: [] };
      const { certPem } = await signedBy(authority, subject, hostile);
      expect(certificateFacts(certPem).dnsNames).toEqual([name, 'fine']);
    },
  );

  it('passes over an address of no known length', async () => {
    const subject = { commonName: 'a', notBeforeMs: 0, notAfterMs: 1000 };
    const odd = { dnsNames: [], ipAddresses: ['1.2.3.4.5', '10.0.0.1'] };
    const { certPem } = await signedBy(authority, subject, odd);
    expect(certificateFacts(certPem).ipAddresses).toEqual(['10.0.0.1']);
  });

  it.each([...BAD_TEXTS, ['a key', authority.keyPem, 'it holds PRIVATE KEY'] as const])(
    'refuses %s',
    (_, text, why) => {
      const error = thrown(() => certificateFacts(text));
      expect(error).toEqual(refusedWith(`no certificate: ${why}`));
    },
  );

  it('tells nothing of a key that was given in its place', () => {
    const error = thrown(() => certificateFacts(authority.keyPem)) as Error;
    const secret = authority.keyPem.split('\n')[1] ?? '';
    expect(secret).toHaveLength(64);
    expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain(secret);
  });
});

describe('matches', () => {
  it('says whether the key belongs to the certificate', () => {
    expect(matches(node.certPem, node.keyPem)).toBe(true);
    expect(matches(ROOT, ROOT_KEY)).toBe(true);
    expect(matches(node.certPem, authority.keyPem)).toBe(false);
    expect(matches(authority.certPem, node.keyPem)).toBe(false);
  });

  it('is false for a key of another kind, whatever its form', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    expect(matches(node.certPem, pem)).toBe(false);
  });

  it('is true for the same key in the older form of EC keys', () => {
    const sec1 = createPrivateKey(node.keyPem).export({ type: 'sec1', format: 'pem' }).toString();
    expect(matches(node.certPem, sec1)).toBe(true);
  });

  it.each([...BAD_TEXTS.slice(0, 3), ['a certificate', ROOT, 'it holds CERTIFICATE'] as const])(
    'refuses %s as a key',
    (_, text, why) => {
      const error = thrown(() => matches(node.certPem, text));
      expect(error).toEqual(refusedWith(`no private key: ${why}`));
    },
  );

  it('refuses a damaged key, and one with a passphrase', () => {
    const damaged = node.keyPem.replace(/(?<=\n).{64}(?=\n)/, 'A'.repeat(64));
    expect(thrown(() => matches(node.certPem, damaged))).toEqual(refusedWith('it is damaged'));
    const locked = createPrivateKey(node.keyPem)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
      .toString();
    const error = thrown(() => matches(node.certPem, locked));
    expect(error).toEqual(refusedWith('it needs a passphrase'));
  });
});

describe('isSignedBy', () => {
  it('is true for the one authority that signed, though another has its name', () => {
    expect(isSignedBy(node.certPem, authority.certPem)).toBe(true);
    expect(isSignedBy(node.certPem, stranger.certPem)).toBe(false);
    expect(isSignedBy(node.certPem, ROOT)).toBe(false);
    expect(isSignedBy(ROOT, node.certPem)).toBe(false);
  });

  it('looks at every authority of a bundle', () => {
    const bundle = [ROOT, stranger.certPem, authority.certPem].join('');
    expect(isSignedBy(node.certPem, bundle)).toBe(true);
    expect(isSignedBy(node.certPem, ROOT + stranger.certPem)).toBe(false);
  });

  it('goes over the certificates that come with the first one', () => {
    expect(isSignedBy(LEAF, ROOT)).toBe(false);
    expect(isSignedBy(LEAF + MID, ROOT)).toBe(true);
    expect(isSignedBy(LEAF + MID, authority.certPem)).toBe(false);
    expect(isSignedBy(node.certPem + MID, ROOT)).toBe(false);
  });

  it('ends where certificates signed each other in a circle', () => {
    expect(isSignedBy(LEAF + MID + ROOT + ROOT + MID, authority.certPem)).toBe(false);
  });

  it('takes a certificate that signed itself for its own authority, and for no other', () => {
    expect(isSignedBy(SELF, SELF)).toBe(true);
    expect(isSignedBy(node.certPem, node.certPem)).toBe(false);
    expect(isSignedBy(SELF, ROOT)).toBe(false);
  });

  it('takes nothing that was signed by a certificate that is no authority', async () => {
    const subject = { commonName: 'rogue', notBeforeMs: 0, notAfterMs: 1000 };
    const rogue = await signedBy({ certPem: LEAF, keyPem: LEAF_KEY }, subject, names);
    expect(isSignedBy(rogue.certPem, LEAF)).toBe(false);
    expect(isSignedBy(rogue.certPem + LEAF + MID, ROOT)).toBe(false);
    const other = await signedBy(node, subject, names);
    expect(isSignedBy(other.certPem + node.certPem, authority.certPem)).toBe(false);
  });

  it.each(BAD_TEXTS)('refuses %s', (_, text, why) => {
    const refused = refusedWith(`no certificate: ${why}`);
    expect(thrown(() => isSignedBy(text, ROOT))).toEqual(refused);
    expect(thrown(() => isSignedBy(ROOT, text))).toEqual(refused);
  });
});

describe('an authority that another tool made', () => {
  it('signs what is then found to be signed by it', async () => {
    const { certPem } = await issueCertificate({ certPem: ROOT, keyPem: ROOT_KEY }, asked);
    expect(isSignedBy(certPem, ROOT)).toBe(true);
  });
});
