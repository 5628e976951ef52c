import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';

/** Everybody answers here, and nobody hears anybody. */
function isolated(): Base {
  const base = new Base().info(MASTER, {
    ...{ connected_slaves: 0, slave0: undefined, slave1: undefined },
  });
  for (const replica of REPLICAS) {
    base.info(replica, { master_link_status: 'down', master_link_down_since_seconds: 90 });
  }
  for (const [flag, all] of [
    ['master', [MASTER]],
    ['slave', REPLICAS],
    ['sentinel', SENTINELS],
  ] as const) {
    for (const text of all) {
      base.seen(text, {
        ...{ flags: `s_down,${flag},disconnected`, 'last-ping-sent': 90_000 },
        'last-ok-ping-reply': 90_000,
      });
    }
  }
  return base;
}

describe('servers that all answer here, and none hears another', () => {
  it('have one cause, in words that fit whoever made them', () => {
    const [first, ...rest] = isolated().diagnoses();
    expect(first).toMatchObject({ code: 'nodes-isolated', subject: 'mymaster' });
    expect(`${first?.saw} ${first?.fix}`).not.toMatch(/rsent (up|status|down)|engine’s host/);
    const own = rest.filter(({ followsFrom }) => followsFrom !== 'nodes-isolated');
    expect(own.map(({ code }) => code)).toEqual(['no-write-guard']);
  });

  it('may lack a password only: then that is looked at', () => {
    const base = isolated();
    for (const text of [MASTER, ...REPLICAS]) base.greets(text, { open: false, closed: true });
    expect(base.codes()).not.toContain('nodes-isolated');
    expect(base.codes()).toContain('auth-pass-missing');
  });
});
