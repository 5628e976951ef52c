import { SAID } from '../../../../src/model/no-answer.js';
import { Base, MASTER, REDIS, REPLICAS, SENTINELS } from './base.js';

const [replica, other] = REPLICAS;
const [, , third] = SENTINELS;
const shut = { tls: false, open: false, closed: true, denied: false };
const secret = { tls: true, open: false, closed: false, denied: false };
const WRONGPASS = 'WRONGPASS invalid username-password pair or user is disabled.';
const NOAUTH = 'NOAUTH Authentication required.';
/** As a real Sentinel (7.0.15) has a replica whose password was changed, after nine seconds. */
const LOST = {
  ...{ flags: 's_down,slave,disconnected', 'last-ping-sent': 22_358 },
  'last-ok-ping-reply': 22_849,
};

const changed = (why: string) =>
  new Base().opens(MASTER, 'a1').opens(other, 'a1').silent(replica, why, shut).seen(replica, LOST);
const errorsOf = (base: Base) => base.diagnoses().filter(({ severity }) => severity === 'error');

describe('a server that lets neither rsent in nor the Sentinels', () => {
  it('is an error with its reason where its password is another one', () => {
    const base = changed(WRONGPASS);
    const [first] = errorsOf(base);
    expect(first).toMatchObject({ code: 'shut-out', subject: `redis ${replica}` });
    expect(first?.saw).toMatch(/does not take the password that opens .*10\.9\.8\.1.*10\.9\.8\.3/);
    for (const text of SENTINELS) expect(first?.saw).toContain(text);
    expect(first?.saw).toContain('they never promote it');
    expect(first?.fix).toMatch(/CONFIG SET requirepass PASSWORD.*CONFIG REWRITE/);
    expect(base.codes()).not.toContain('access-refused');
  });

  it('is compared with auth-pass where rsent has no password', () => {
    const [first] = errorsOf(new Base().silent(replica, NOAUTH, shut).seen(replica, LOST));
    expect(first?.code).toBe('shut-out');
    expect(first?.fix).toContain('SENTINEL SET mymaster auth-pass PASSWORD');
  });

  it('is told to renew its certificate where that has expired', () => {
    const base = new Base().silent(replica, SAID['server-expired'], secret).seen(replica, LOST);
    const [first] = errorsOf(base);
    expect(first).toMatchObject({ code: 'shut-out' });
    expect(first?.saw).toContain('its certificate has expired');
    expect(first?.fix).toMatch(/^renew its certificate/);
  });

  it('is what the Sentinels say of the master then follows from', () => {
    const base = new Base();
    for (const text of [...REDIS, ...SENTINELS]) base.greets(text, { tls: true });
    base
      .silent(MASTER, SAID['server-expired'], secret)
      .seen(MASTER, { ...LOST, flags: 's_down,master,disconnected' });
    const own = errorsOf(base).filter(({ followsFrom }) => followsFrom === undefined);
    expect(own.map(({ code }) => code)).toEqual(['shut-out']);
  });

  it('is a Sentinel as well, where no password is what is wanted', () => {
    const base = new Base()
      .silent(third, SAID['server-expired'], secret)
      .seen(third, { ...LOST, flags: 's_down,sentinel' });
    expect(errorsOf(base)[0]?.saw).toContain('its vote does not count');
  });

  it.each([
    ['the Sentinels hear it', {}],
    ['one PING is under way', { 'last-ping-sent': 1200 }],
  ])('is only kept from rsent where %s', (_, seen) => {
    const base = new Base().silent(replica, WRONGPASS, shut).seen(replica, seen);
    expect(base.codes()).toContain('access-refused');
    expect(base.codes()).not.toContain('shut-out');
  });
});
