import { certificateFiles } from '../../src/spec/certificate-files.js';
import { fileLayer } from '../../src/spec/file-layer.js';
import { flagLayer } from '../../src/spec/layers.js';
import { recordedLayer } from '../../src/spec/recorded.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { differenceLines } from '../helpers/differences.js';
import { aSpec } from '../helpers/topology.js';

const ALL = ['cert', 'key', 'ca'] as const;
const THREE = { tlsCert: '/c', tlsKey: '/k', tlsCa: '/a' };
const fromFile = (yaml: string) => fileLayer(yaml, 'rsent.yaml').layer;
const security = (givenCertificate: boolean) => ({
  ...{ auth: false, acl: false, tls: true, publish: '127.0.0.1' },
  ...(givenCertificate ? { givenCertificate: true as const } : {}),
});

describe('certificateFiles', () => {
  it('are none where none is named', () => {
    expect(certificateFiles([flagLayer({ tls: false })], ALL)).toEqual({ problems: [] });
  });

  it('are called as the user knows them, a flag before the file', () => {
    const file = fromFile('name: lab\ntlsCert: c\ntlsKey: k\ntlsCa: a\n');
    const { files, problems } = certificateFiles([flagLayer({ tlsCert: '/mine' }), file], ALL);
    expect(problems).toEqual([]);
    expect(files).toEqual({
      cert: { path: '/mine', where: '--tls-cert' },
      key: { path: 'k', where: 'rsent.yaml:3: tlsKey' },
      ca: { path: 'a', where: 'rsent.yaml:4: tlsCa' },
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a certificate', { tlsCert: '/c' }, '--tls-cert is "/c", without --tls-key and --tls-ca;'],
    ['a key', { tlsKey: '/k' }, '--tls-key is "/k", without --tls-cert and --tls-ca;'],
    ['an authority', { tlsCa: '/a' }, '--tls-ca is "/a", without --tls-cert and --tls-key;'],
    ['no authority', { tlsCert: '/c', tlsKey: '/k' }, '--tls-cert is "/c", without --tls-ca;'],
    ['no key', { tlsCert: '/c', tlsCa: '/a' }, '--tls-cert is "/c", without --tls-key;'],
    ['TLS that is off', { ...THREE, tls: false }, '--tls is false, but --tls-cert names'],
  ])('are refused when they do not go together: %s', (_, flags, problem) => {
    const { files, problems } = certificateFiles([flagLayer(flags)], ALL);
    expect(files).toBeUndefined();
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems[0]).toContain('; legal is ');
  });

  it('need no authority where one is known', () => {
    const { files } = certificateFiles(
      [flagLayer({ tlsCert: '/c', tlsKey: '/k' })],
      ['cert', 'key'],
    );
    expect(files).not.toHaveProperty('ca');
    const alone = certificateFiles([flagLayer({ tlsCa: '/a' })], ['cert', 'key']);
    expect(alone.problems).toHaveLength(1);
  });

  it('leave to the fields what is no path', () => {
    expect(certificateFiles([flagLayer({ tlsCert: '', tlsKey: 5 })], ALL)).toEqual({
      problems: [],
    });
  });
});

describe('the spec', () => {
  it('says whose the certificates are, and not where they came from', () => {
    const { spec } = resolveSpec([flagLayer({ ...THREE, tls: true })]);
    expect(spec.security).toEqual(security(true));
    expect(JSON.stringify(spec)).not.toMatch(/"\/[cka]"/);
  });

  it('keeps saying it of a topology that exists', () => {
    const spec = aSpec({ security: security(true) });
    const { spec: again } = resolveSpec([recordedLayer(spec)]);
    expect(again.security).toEqual(spec.security);
    expect(differenceLines(spec, again)).toEqual([]);
  });

  it('cannot be changed from the one to the other', () => {
    const [ours, theirs] = [true, false].map((given) => aSpec({ security: security(given) }));
    const what = 'source of the certificates is';
    expect(differenceLines(ours!, theirs!)).toEqual([`${what} your own file, asked rsent`]);
    expect(differenceLines(theirs!, ours!)).toEqual([`${what} rsent, asked your own file`]);
    const plain = aSpec({
      security: { auth: false, acl: false, tls: false, publish: '127.0.0.1' },
    });
    expect(differenceLines(ours!, plain)).toEqual(['tls is on, asked off']);
  });
});
