import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';
import { ok, refused } from './replies.js';

const [s1, s2, s3] = SENTINELS;
const NOPERM =
  "NOPERM this user has no permissions to run the 'sentinel|is-master-down-by-addr' command";
const DOWN = { flags: 's_down,master', 'last-ok-ping-reply': 25_000, 'last-ping-sent': 25_000 };
const LOST = { flags: 's_down,sentinel', 'last-ok-ping-reply': 25_000, 'last-ping-sent': 25_000 };

describe('F05: Sentinels may not ask each other', () => {
  const refusing = (vote = refused(NOPERM)) => {
    const base = new Base();
    for (const text of SENTINELS) base.reply(text, 'vote', vote);
    return base;
  };

  it('is an error while everybody is well', () => {
    const [first, ...rest] = refusing().diagnoses();
    expect(first).toMatchObject({ code: 'votes-refused', severity: 'error' });
    for (const text of SENTINELS) expect(first?.subject).toContain(text);
    expect(first?.fix).toContain('ACL SETUSER default +sentinel|is-master-down-by-addr');
    // Where default is the only user it may not give itself anything.
    expect(first?.fix).toContain('the line "user default …" of its sentinel.conf');
    expect(rest.map(({ code }) => code)).toEqual(['no-write-guard']);
  });

  it('is seen by who may ask for the rights of another user', () => {
    const text =
      "User peer has no permissions to run the 'sentinel|is-master-down-by-addr' command";
    const base = refusing(ok(text));
    for (const each of SENTINELS) base.reply(each, 'peerUser', ok(['sentinel-user', 'peer']));
    expect(base.diagnoses()[0]?.fix).toContain('ACL SETUSER peer');
  });

  it.each([
    ['an answer', ok([0, '*', 0])],
    ['a right to it', ok('OK')],
    ['a server that cannot say', refused('ERR unknown subcommand')],
  ])('is none with %s', (_, vote) => {
    expect(refusing(vote).codes()).toEqual([]);
  });

  const killed = (ms: number, flags = DOWN.flags) =>
    new Base().silent(MASTER, 'connection refused').seen(MASTER, {
      ...DOWN,
      flags,
      's-down-time': ms,
    });

  it('is the only cause after the master’s death: links that are down follow from that', () => {
    const base = killed(20_000);
    for (const text of SENTINELS) base.reply(text, 'vote', refused(NOPERM));
    for (const text of REPLICAS) base.info(text, { master_link_status: 'down' });
    const errors = base.diagnoses().filter(({ severity }) => severity === 'error');
    expect(errors[0]?.code).toBe('votes-refused');
    const links = errors.filter(({ code }) => code === 'replica-link-down');
    expect(links).toHaveLength(REPLICAS.length);
    for (const { followsFrom } of links) expect(followsFrom).toBe('node-down');
    const own = errors.filter(({ followsFrom }) => followsFrom === undefined);
    expect(own.map(({ code }) => code)).toEqual(['votes-refused', 'node-down']);
  });

  it('shows after the master’s death: all see it, and none hears the others', () => {
    const [first, ...rest] = killed(20_000).diagnoses();
    expect(first).toMatchObject({ code: 'votes-unheard', severity: 'error' });
    expect(first?.saw).toMatch(/20 s.*no o_down/);
    const none = rest.find(({ code }) => code === 'no-master');
    expect(none).toMatchObject({ followsFrom: 'votes-unheard' });
    expect(JSON.stringify(rest)).not.toContain('look again');
  });

  it.each([
    ['too early to say', 9000, 's_down,master'],
    ['an election', 20_000, 's_down,o_down,master,failover_in_progress'],
  ])('is not taken for %s', (_, ms, flags) => {
    expect(killed(ms, flags).codes()).not.toContain('votes-unheard');
  });
});

describe('E7: a Sentinel with another password', () => {
  const shut = { tls: false, open: false, closed: true, denied: false };

  it('is named as that, though rsent is not let in either', () => {
    const words = 'WRONGPASS invalid username-password pair or user is disabled.';
    const base = new Base().silent(s3, words, shut).seen(s3, LOST);
    const found = base.diagnoses().find(({ code }) => code === 'sentinel-pass-wrong');
    expect(found).toMatchObject({ severity: 'error' });
    for (const text of [s1, s2]) expect(found?.subject).toContain(text);
    expect(found?.saw).toContain(s3);
    expect(found?.fix).toContain('sentinel-pass');
  });

  it('is counted, though the only door has never heard it', () => {
    const words = 'WRONGPASS invalid username-password pair or user is disabled.';
    const never = { ...LOST, 'last-ok-ping-reply': 500_000_000 };
    const base = new Base().silent(s3, words, shut).seen(s3, never);
    expect(base.codes()).not.toContain('sentinels-too-few');
  });

  it('must have the password of the others, as each Sentinel says one to all', () => {
    const words = 'WRONGPASS invalid username-password pair or user is disabled.';
    const base = new Base().silent(s3, words, shut).seen(s3, LOST);
    for (const text of [s1, s2]) {
      base.opens(text, 'b2').reply(text, 'peerPass', ok(['sentinel-pass', 'b2']));
    }
    const found = base.diagnoses().find(({ code }) => code === 'sentinel-pass-wrong');
    expect(found?.saw).toMatch(/another one than .*10\.9\.8\.21.*10\.9\.8\.22/);
    expect(found?.fix).toMatch(/^the same requirepass in every sentinel\.conf.*user default/);
    expect(found?.fix).not.toContain('SENTINEL CONFIG SET');
  });

  it('is told no command that 6.0 has not', () => {
    const base = new Base();
    for (const text of SENTINELS) {
      base.opens(text, 'b2').seen(text, LOST).info(text, { redis_version: '6.0.16' });
    }
    const found = base.diagnoses().find(({ code }) => code === 'sentinel-pass-wrong');
    expect(found?.fix).toContain('requirepass');
    expect(found?.fix).not.toContain('sentinel-pass');
  });

  it('explains why they see each other down', () => {
    const base = new Base();
    for (const text of SENTINELS) {
      base
        .opens(text, 'b2')
        .reply(text, 'peerPass', ok(['sentinel-pass', 'other']))
        .seen(text, LOST);
    }
    const found = base.diagnoses();
    const down = found.filter(({ code }) => code === 'sees-peer-down');
    expect(down).toHaveLength(6);
    for (const each of down) expect(each).toMatchObject({ followsFrom: 'sentinel-pass-wrong' });
  });

  it('is not what keeps those apart that say the right one', () => {
    const base = new Base();
    for (const text of SENTINELS) {
      base
        .opens(text, 'b2')
        .reply(text, 'peerPass', ok(['sentinel-pass', '']))
        .seen(text, LOST);
    }
    expect(base.codes()).toContain('sees-peer-down');
    expect(base.codes()).not.toContain('sentinel-pass-wrong');
  });
});

it('S8: nobody is told to start what runs', () => {
  const base = new Base();
  for (const text of SENTINELS) base.info(text, { sentinel_tilt: 1 });
  const found = base.diagnoses();
  expect(found.map(({ code }) => code)).toContain('no-majority');
  const fixes = found.filter(({ code }) => code !== 'no-write-guard').map(({ fix }) => fix);
  for (const fix of fixes) expect(fix).toMatch(/wait 30 s/);
});

it('S3: the master’s own setting decides whether it takes writes', () => {
  const base = new Base()
    .silent(REPLICAS[1], 'connection refused')
    .seen(REPLICAS[1], { flags: 's_down,slave,disconnected', 'last-ok-ping-reply': 9000 })
    .info(MASTER, { connected_slaves: 1, slave1: undefined, min_slaves_good_slaves: 1 })
    .set(MASTER, { 'min-replicas-to-write': '2' });
  const found = base.diagnoses().find(({ code }) => code === 'writes-refused');
  expect(found).toMatchObject({ severity: 'error' });
  expect(`${found?.saw} ${found?.expected}`).toMatch(/1.*2 \(min-replicas-to-write\)/);
});

it('S7: a master whose connections are used up says so itself', () => {
  const base = new Base().set(MASTER, { maxclients: '32' }).info(MASTER, { connected_clients: 32 });
  expect(base.codes()).toContain('clients-full');
});
