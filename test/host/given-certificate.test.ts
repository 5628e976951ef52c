import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { selfSigned, signedBy } from '../../src/host/certificates-x509.js';
import {
  bothAuthorities,
  isSameCertificate,
  readGivenCertificate,
} from '../../src/host/given-certificate.js';
import type { GivenCertificate } from '../../src/model/certificate.js';
import { CLIENT, CLIENT_KEY, LEAF, LEAF_KEY, MID, ROOT, SELF } from '../helpers/chain.js';
import { anIssuer, writeCertificate } from '../helpers/own-certificate.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const DAY_MS = 86_400_000;
const issuer = await anIssuer();
const good = await issuer.issue();
const stranger = await anIssuer();
const strangers = await stranger.issue();
const chain: GivenCertificate = { certPem: LEAF + MID, keyPem: LEAF_KEY, caPem: ROOT };

/** A certificate that counts from then to then, by an authority that does so, too. */
async function dated(from: number, to: number, caTo = DAY_MS): Promise<GivenCertificate> {
  const subject = (days: number) => ({
    ...{ commonName: 'dated', notBeforeMs: Date.now() - 9 * DAY_MS },
    notAfterMs: Date.now() + days,
  });
  const ca = await selfSigned(subject(caTo));
  const asked = { ...subject(to), notBeforeMs: Date.now() + from };
  return { ...(await signedBy(ca, asked, { dnsNames: [], ipAddresses: [] })), caPem: ca.certPem };
}

const read = async (given: GivenCertificate) =>
  readGivenCertificate(await writeCertificate(path, given));

function encrypted(type: 'pkcs8' | 'sec1'): string {
  const options = { type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  return createPrivateKey(good.keyPem).export(options).toString();
}

describe('a certificate of the user’s', () => {
  it.each<[string, GivenCertificate]>([
    ['signed by the authority', good],
    ['with one between in its own file', chain],
    [
      'with one between in the file of the authority',
      { ...chain, certPem: LEAF, caPem: MID + ROOT },
    ],
    ['with a bundle of authorities', { ...good, caPem: ROOT + strangers.caPem + good.caPem }],
    ['with Windows line ends', { ...good, certPem: good.certPem.replaceAll('\n', '\r\n') }],
    ['with words around it', { ...good, certPem: `subject=redis\n${good.certPem}\nthe end\n` }],
  ])('is taken: %s', async (_, given) => {
    const { certificate, problems } = await read(given);
    expect(problems).toEqual([]);
    expect(new X509Certificate(certificate?.certPem ?? '').raw).toEqual(
      new X509Certificate(given.certPem).raw,
    );
  });

  it('is taken from a file that holds the key too, and the key stays out of the others', async () => {
    const all = good.keyPem + good.certPem;
    const { certificate } = await read({ certPem: all, keyPem: all, caPem: all + good.caPem });
    expect(certificate?.keyPem).toBe(good.keyPem);
    expect(certificate?.certPem).toBe(good.certPem);
    expect(certificate?.caPem).toBe(good.certPem + good.caPem);
  });

  it('is the same whatever its file looks like', async () => {
    const [one, other] = [
      await read(good),
      await read({ ...good, caPem: `\n# mine\n${good.caPem}` }),
    ];
    expect(isSameCertificate(one.certificate!, other.certificate!)).toBe(true);
    expect(
      isSameCertificate(one.certificate!, (await read(await issuer.issue())).certificate!),
    ).toBe(false);
  });
});

type Bad = [string, GivenCertificate | Promise<GivenCertificate>, string, RegExp];
const cut = (pem: string) => `${pem.slice(0, 150)}\n${pem.slice(220)}`;
const publicKey = createPublicKey(good.keyPem).export({ type: 'spki', format: 'pem' }).toString();
const binary = new X509Certificate(good.certPem).raw.toString('latin1');

const BAD: readonly Bad[] = [
  ['an empty certificate', { ...good, certPem: '' }, '--tls-cert', /it is empty; legal is/],
  ['no PEM', { ...good, certPem: 'hello' }, '--tls-cert', /no -----BEGIN line; legal is/],
  ['a binary certificate', { ...good, certPem: binary }, '--tls-cert', /binary \(DER\), not PEM/],
  [
    'a key for a certificate',
    { ...good, certPem: good.keyPem },
    '--tls-cert',
    /it holds PRIVATE KEY/,
  ],
  ['a damaged certificate', { ...good, certPem: cut(good.certPem) }, '--tls-cert', /it is damaged/],
  ['a second one that is damaged', { ...chain, certPem: LEAF + cut(MID) }, '--tls-cert', /damaged/],
  [
    'an expired one',
    dated(-5 * DAY_MS, -DAY_MS),
    '--tls-cert',
    /which ended on \d{4}-\d\d-\d\d; legal is one that is valid now/,
  ],
  ['one of the future', dated(DAY_MS / 2, DAY_MS), '--tls-cert', /which begins on \d{4}-/],
  [
    'one for clients',
    { certPem: CLIENT, keyPem: CLIENT_KEY, caPem: CLIENT },
    '--tls-cert',
    /not for servers; legal is .* serverAuth/,
  ],
  [
    'an authority that has ended',
    dated(-5 * DAY_MS, DAY_MS, -DAY_MS),
    '--tls-cert',
    /no client would accept it: .*certificate has expired/,
  ],
  [
    'an empty key',
    { ...good, keyPem: ' \n' },
    '--tls-key',
    /it is empty; legal is its private key/,
  ],
  [
    'a certificate for a key',
    { ...good, keyPem: good.certPem },
    '--tls-key',
    /it holds CERTIFICATE/,
  ],
  ['a public key', { ...good, keyPem: publicKey }, '--tls-key', /it holds PUBLIC KEY/],
  [
    'a key with a passphrase',
    { ...good, keyPem: encrypted('pkcs8') },
    '--tls-key',
    /passphrase; legal is .* without a passphrase/,
  ],
  [
    'an old one with a passphrase',
    { ...good, keyPem: encrypted('sec1') },
    '--tls-key',
    /needs a passphrase; legal is/,
  ],
  ['a damaged key', { ...good, keyPem: cut(good.keyPem) }, '--tls-key', /it is damaged/],
  [
    'another’s key',
    { ...good, keyPem: strangers.keyPem },
    '--tls-key',
    /does not belong to the certificate in ".*my\.crt"/,
  ],
  [
    'the authority’s key',
    { ...good, keyPem: issuer.authority.keyPem },
    '--tls-key',
    /does not belong/,
  ],
  [
    'the wrong order',
    { ...chain, certPem: MID + LEAF },
    '--tls-key',
    /belongs to certificate 2 in ".*my\.crt"; legal is that one first/,
  ],
  ['an empty authority', { ...good, caPem: '' }, '--tls-ca', /it is empty/],
  ['a key for an authority', { ...good, caPem: good.keyPem }, '--tls-ca', /it holds PRIVATE KEY/],
  [
    'another authority of the same name',
    { ...good, caPem: strangers.caPem },
    '--tls-ca',
    /has not signed the certificate in ".*my\.crt" \(its issuer is CN=a company\)/,
  ],
  [
    'itself for an authority',
    { ...good, caPem: good.certPem },
    '--tls-ca',
    /has not signed the certificate/,
  ],
  ['one between that is missing', { ...chain, certPem: LEAF }, '--tls-ca', /its issuer is CN=mid/],
  ['no root', { ...chain, caPem: MID }, '--tls-ca', /leads to no root; legal is/],
  ['a self-signed stranger', { ...good, caPem: SELF }, '--tls-ca', /has not signed/],
];

describe('a certificate that cannot be used', () => {
  it.each(BAD)('is refused: %s', async (_, given, flag, why) => {
    const { certificate, problems } = await read(await given);
    expect(certificate).toBeUndefined();
    expect(
      problems.filter((each) => each.startsWith(`${flag} is "`) && why.test(each)),
    ).toHaveLength(1);
    for (const each of problems)
      expect(each).not.toMatch(/BEGIN [A-Z ]+-----\n|MI[GIH][A-Za-z0-9]/);
  });

  it('counts: as many are refused as were tried', async () => {
    const results = [];
    for (const [, given] of BAD) results.push(await read(await given));
    expect(results.filter(({ certificate }) => certificate === undefined)).toHaveLength(BAD.length);
    expect(BAD.length).toBeGreaterThanOrEqual(26);
  });

  it('is refused with every problem at once', async () => {
    const files = await writeCertificate(path, { ...good, keyPem: encrypted('pkcs8') });
    await rm(files.cert.path);
    await rm(files.ca.path);
    await mkdir(files.ca.path);
    const { problems } = await readGivenCertificate(files);
    expect(problems).toEqual([
      expect.stringMatching(/^--tls-cert is ".*my\.crt", which does not exist; legal is/),
      expect.stringMatching(
        /^--tls-key is ".*my\.key", and this is no private key: it needs a pass/,
      ),
      expect.stringMatching(
        /^--tls-ca is ".*my-ca\.crt", which is a directory; a file was expected/,
      ),
    ]);
  });

  it('is refused for its date, its key and its authority at once', async () => {
    const old = await dated(-5 * DAY_MS, -DAY_MS);
    const { problems } = await read({ ...strangers, certPem: old.certPem });
    expect(problems.map((each) => each.split(' ')[0])).toEqual([
      '--tls-cert',
      '--tls-key',
      '--tls-ca',
    ]);
  });

  it('is refused behind a file that is no directory', async () => {
    const files = await writeCertificate(path, good);
    await writeFile(path('file'), '');
    const cert = { ...files.cert, path: path('file', 'my.crt') };
    expect((await readGivenCertificate({ ...files, cert })).problems).toHaveLength(1);
  });
});

describe('bothAuthorities', () => {
  it('has each once, the old ones first, and nothing but them', () => {
    expect(bothAuthorities(ROOT, MID)).toBe(ROOT + MID);
    expect(bothAuthorities(ROOT + MID, MID)).toBe(ROOT + MID);
    expect(bothAuthorities(ROOT, ROOT)).toBe(ROOT);
    expect(bothAuthorities('', `x\n${ROOT}`)).toBe(ROOT);
  });
});
