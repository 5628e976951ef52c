import fc from 'fast-check';
import { connectionOf, environmentOf, urlOf } from '../../src/report/connection.js';
import { hostileText, legalPassword } from '../helpers/hostile.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { aRecord } from '../helpers/topology.js';

const FILES = { passwordFile: '/data/lab/password', authorityFile: '/data/lab/ca.crt' };
const of = (security = aSecurity()) => connectionOf(aRecord({ security }), FILES, true);
const SENTINELS = '127.0.0.1:26379,127.0.0.1:26380,127.0.0.1:26381';

describe('the facts of a connection', () => {
  it('are few for a topology that lets everyone in', () => {
    const { routes, ...rest } = of();
    expect(rest).toEqual({
      topology: 'lab',
      masterName: 'mymaster',
      sentinels: [26379, 26380, 26381].map((port) => ({ ip: '127.0.0.1', port })),
    });
    expect(routes).toHaveLength(6);
    expect(routes[1]).toEqual({
      node: 'redis-2',
      announced: { ip: '172.30.5.12', port: 6379 },
      reached: { ip: '127.0.0.1', port: 6380 },
    });
  });

  it('name a file for what the topology has, and no other', () => {
    expect(of(aSecurity({ auth: true }))).toMatchObject({ passwordFile: FILES.passwordFile });
    expect(of(aSecurity({ auth: true }))).not.toHaveProperty('authorityFile');
    expect(of(aSecurity({ auth: true }))).not.toHaveProperty('user');
    expect(of(ACL)).toMatchObject({ user: 'app' });
    expect(of(aSecurity({ tls: true }))).toMatchObject({ authorityFile: FILES.authorityFile });
    expect(of(aSecurity({ tls: true }))).not.toHaveProperty('anyName');
    expect(of(aSecurity({ tls: true, givenCertificate: true }))).toMatchObject({ anyName: true });
  });

  it('have what is published on every address on this host’s own loopback', () => {
    const { placement, ...record } = aRecord();
    const nodes = placement.nodes.map((node) => ({
      ...node,
      published: { ...node.published, ip: '0.0.0.0' },
    }));
    const { sentinels, routes } = connectionOf(
      { ...record, placement: { ...placement, nodes } },
      FILES,
      true,
    );
    const all = [...sentinels, ...routes.map(({ reached }) => reached)];
    expect(all.map(({ ip }) => ip)).toEqual(Array(9).fill('127.0.0.1'));
  });
});

describe('the address as one text', () => {
  it.each([
    ['an open topology', aSecurity(), undefined, `redis+sentinel://${SENTINELS}/mymaster/0`],
    [
      'a password',
      aSecurity({ auth: true }),
      'p@ss:w/rd',
      `redis+sentinel://:p%40ss%3Aw%2Frd@${SENTINELS}/mymaster/0?sentinel_password=p%40ss%3Aw%2Frd`,
    ],
    [
      'a user, its password not to be seen',
      ACL,
      undefined,
      `redis+sentinel://app@${SENTINELS}/mymaster/0?sentinel_username=app`,
    ],
    ['TLS', aSecurity({ tls: true }), undefined, `rediss+sentinel://${SENTINELS}/mymaster/0`],
  ])('of %s', (_, security, password, url) => {
    expect(urlOf(of(security), password)).toBe(url);
  });

  it('has the same password, user and name to whoever reads it, whatever they are', () => {
    fc.assert(
      fc.property(legalPassword, hostileText, (password, masterName) => {
        const url = urlOf({ ...of(ACL), masterName }, password);
        expect(url).toMatch(/^[!-~]+$/);
        const [, user, secret, , name, inQuery] =
          /^redis\+sentinel:\/\/([^:@/]*):([^@/]*)@([^/]*)\/([^/]*)\/0\?sentinel_username=app&sentinel_password=([^&]*)$/.exec(
            url,
          ) ?? [];
        const read = [user, secret, name, inQuery].map((part) => decodeURIComponent(part ?? '-'));
        const whole = masterName.replace(/\p{Surrogate}/gu, '\ufffd');
        expect(read).toEqual(['app', password, whole, password]);
      }),
    );
  });
});

describe('the environment', () => {
  it('has everything there is', () => {
    const all = aSecurity({ ...ACL, tls: true });
    expect(environmentOf(of(all), 'the-password')).toEqual({
      REDIS_SENTINELS: SENTINELS,
      REDIS_MASTER_NAME: 'mymaster',
      REDIS_URL: `rediss+sentinel://app:the-password@${SENTINELS}/mymaster/0?sentinel_username=app&sentinel_password=the-password`,
      REDIS_USERNAME: 'app',
      REDIS_PASSWORD: 'the-password',
      REDIS_PASSWORD_FILE: FILES.passwordFile,
      REDIS_TLS_CA: FILES.authorityFile,
    });
  });

  it('takes away what could only be that of another topology', () => {
    const environment = environmentOf(of(), undefined);
    expect(Object.keys(environment)).toContain('REDIS_PASSWORD');
    expect(Object.entries(environment).filter(([, value]) => value === undefined)).toHaveLength(4);
  });
});
