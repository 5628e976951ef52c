import { Base, MASTER, REDIS, SENTINELS } from './base.js';

/** All data nodes want the password a1, and rsent was let in with it. */
const closed = () => {
  const base = new Base();
  for (const each of REDIS) {
    base.opens(each, 'a1').set(each, { requirepass: 'a1', masterauth: 'a1' });
  }
  return base;
};

describe('a Sentinel that says no password, or another one', () => {
  // As captured 4 s after the password was set: each PING has an answer, and none a good one.
  const REFUSED = { flags: 'master,disconnected', 'last-ping-sent': 3014 };

  it('is told so by the errors that its PINGs get', () => {
    const base = closed().seen(MASTER, {
      ...{ ...REFUSED, 'last-ok-ping-reply': 3822, 'last-ping-reply': 977 },
    });
    const missing = base.diagnoses().filter(({ code }) => code === 'auth-pass-missing');
    expect(missing).toHaveLength(SENTINELS.length);
    expect(missing[0]?.saw).toContain('refuses the PINGs of this Sentinel');
  });

  it('is not one that has not connected to a new master yet', () => {
    const base = closed().seen(MASTER, {
      ...{ ...REFUSED, 'last-ping-sent': 0, 'last-ok-ping-reply': 300, 'last-ping-reply': 300 },
    });
    expect(base.codes()).not.toContain('auth-pass-missing');
  });

  it('is not one that gets no answer at all', () => {
    const base = closed().seen(MASTER, {
      ...{ ...REFUSED, 'last-ok-ping-reply': 9000, 'last-ping-reply': 9000 },
    });
    expect(base.codes()).not.toContain('auth-pass-missing');
  });

  it('is not one whose master refuses every PING, as it cannot write', () => {
    const base = closed()
      .seen(MASTER, { ...REFUSED, 'last-ok-ping-reply': 3822, 'last-ping-reply': 977 })
      .info(MASTER, { rdb_last_bgsave_status: 'err' });
    expect(base.codes()).not.toContain('auth-pass-missing');
  });
});
