import fc from 'fast-check';
import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import { parseRedis } from '../../src/health/parse-info.js';
import { usersIn } from '../../src/health/users.js';
import type { Observation, WriteTrial } from '../../src/model/observation.js';
import { healthyObservation, withRedis } from '../helpers/observation.js';
import { ACL } from '../helpers/security.js';
import {
  anyState,
  infoOf,
  replyToSet,
  SERVING,
  type ServerState,
  settingsOf,
} from '../helpers/simulated-server.js';
import { anExpectation, aRecord } from '../helpers/topology.js';

/** A healthy topology whose master is in this state; a write is tried on it or not. */
function seenWith(state: ServerState, isTried: boolean): Observation {
  const role = { ok: true, value: [state.role] } as const;
  const answer = parseRedis({ info: { ok: true, value: infoOf(state) }, role });
  if (!answer.reached) throw new Error(answer.why);
  const { replicas: _, server: __, masterReplicationId: ___, ...own } = answer.facts;
  const why = replyToSet(state);
  const trial = why === undefined ? ({ taken: true } as const) : ({ taken: false, why } as const);
  return withRedis(healthyObservation(), 'redis-1', (facts) => ({
    ...facts,
    ...own,
    settings: settingsOf(state),
    ...(isTried ? { trial } : {}),
  }));
}

const verdictOn = (state: ServerState, isTried = true) =>
  judge(anExpectation(), seenWith(state, isTried));

describe('a master that would refuse a write', () => {
  it('is never called healthy, and the topology is down, whatever the reason', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const { state: said, healthy, findings } = verdictOn(state);
        if (replyToSet(state) === undefined) return;
        expect(said).toBe('down');
        expect(healthy).toBe(false);
        expect(findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('is found by its own figures, too, where no write could be tried', () => {
    fc.assert(
      fc.property(anyState, (odd) => {
        // No figure shows these.
        const state = { ...odd, letsIn: true, busy: false, paused: false };
        if (replyToSet(state) === undefined) return;
        expect(verdictOn(state, false).state).toBe('down');
      }),
      { numRuns: 1000 },
    );
  });

  it('is not invented: one that takes it is not down', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        if (replyToSet(state) !== undefined) return;
        expect(verdictOn(state).state).not.toBe('down');
        expect(verdictOn(state, false).state).not.toBe('down');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('why it refuses', () => {
  it.each<[string, Partial<ServerState>, string, RegExp]>([
    ['a guard set by hand', { minReplicas: 1_000_000 }, 'writes-refused', /rsent up lab sets/],
    ['too few replicas', { goodReplicas: 0 }, 'writes-refused', /start replicas/],
    ['memory that is full', { maxmemory: 900 }, 'memory-full', /rsent set lab --maxmemory/],
    ['a failed append', { lastWriteOk: false }, 'disk-write-failed', /free disk space/],
    [
      'a failed snapshot',
      { lastSaveOk: false, stopWrites: true, savePoints: '60 1' },
      'snapshot-failed',
      /BGSAVE/,
    ],
    ['CLIENT PAUSE', { paused: true }, 'writes-paused', /CLIENT UNPAUSE/],
    ['FAILOVER', { failoverState: 'waiting-for-sync' }, 'writes-paused', /FAILOVER ABORT/],
    ['a script', { busy: true }, 'node-busy', /SCRIPT KILL/],
    ['a user that is off', { letsIn: false }, 'application-refused', /rsent up lab/],
    ['no connection left', { connections: 32, maxclients: 32 }, 'clients-full', /maxclients/],
    ['cluster mode', { clusterEnabled: true }, 'cluster-enabled', /cluster-enabled/],
  ])('is told for %s, with what to do', (_, odd, code, fix) => {
    const errors = verdictOn({ ...SERVING, ...odd }).findings.filter(
      ({ severity }) => severity === 'error',
    );
    expect(errors.map((each) => [each.code, each.subject])).toEqual([[code, 'redis-1']]);
    expect(errors[0]?.fix).toMatch(fix);
  });

  it('is told in the server’s own words where no rule knows them', () => {
    const seen = withRedis(healthyObservation(), 'redis-1', (facts) => ({
      ...facts,
      trial: { taken: false, why: 'NEWRULE because of something new' },
    }));
    const { state, findings } = judge(anExpectation(), seen);
    expect(state).toBe('down');
    expect(findings[0]?.saw).toContain('NEWRULE because of something new');
  });

  it('is told of a replica where a client of the next master would feel it', () => {
    const seen = withRedis(healthyObservation(), 'redis-2', (facts) => ({
      ...facts,
      trial: { taken: false, why: 'WRONGPASS invalid username-password pair or user is disabled.' },
    }));
    const { state, findings } = judge(anExpectation(), seen);
    expect(state).toBe('degraded');
    expect(findings.map(({ code, subject }) => `${subject} ${code}`)).toEqual([
      'redis-2 application-refused',
    ]);
  });

  it('is no fault of a replica that says it is one', () => {
    const seen = withRedis(healthyObservation(), 'redis-2', (facts) => ({
      ...facts,
      trial: { taken: false, why: "READONLY You can't write against a read only replica." },
    }));
    expect(judge(anExpectation(), seen).state).toBe('healthy');
  });
});

describe('an application whose rights somebody has changed', () => {
  const acl = expectRecord(aRecord({ security: ACL }));
  const forbidden = 'NOPERM No permissions to access a key';
  /** The master, on which the application's user has these rules; rsent's own write is answered so. */
  const changed = (rules: string, trial?: WriteTrial) =>
    withRedis(healthyObservation(), 'redis-1', (facts) => ({
      ...facts,
      ...{ forbidden, users: usersIn({ ok: true, value: [...OTHERS, `user app ${rules}`] }) ?? [] },
      ...(trial === undefined ? {} : { trial }),
    }));
  const OTHERS = [
    'user default off resetchannels -@all',
    'user rsent on #a ~rsent:* &* +@all',
    'user sentinel on #a resetchannels &__sentinel__:hello -@all +ping',
    'user replication on #a resetchannels -@all +psync',
  ];

  it.each(['on #a ~app:* &* +@all', 'on #a %W~x &* +@all', 'on #a &* +@all (~x +set)'])(
    'may write some key, so that the master is not down: %s',
    (rules) => {
      const { state, findings } = judge(acl, changed(rules, { taken: true }));
      expect(state).not.toBe('down');
      expect(findings).toMatchObject([{ code: 'rights-differ', severity: 'warning' }]);
    },
  );

  it('has no key but those of rsent, on which the trial goes well: down, too', () => {
    const seen = changed('on #a ~rsent:* &* +@all', { taken: true });
    const { state } = judge(
      acl,
      withRedis(seen, 'redis-1', ({ forbidden: _, ...facts }) => facts),
    );
    expect(state).toBe('down');
  });

  it.each([
    'off #a ~* &* +@all',
    'on #a &* +@all',
    'on #a %R~* &* +@all',
    'on #a ~rsent:* &* +@all',
    'on #a ~* &* -@all',
  ])('may write nothing at all, which is down: %s', (rules) => {
    const { state, findings } = judge(acl, changed(rules, { taken: true }));
    expect(state).toBe('down');
    expect(findings.map(({ code }) => code)).toContain('application-refused');
  });

  it('hides no other reason for which the master takes no writes', () => {
    const why = "OOM command not allowed when used memory > 'maxmemory'.";
    const { state, findings } = judge(acl, changed('on #a ~app:* &* +@all', { taken: false, why }));
    expect(state).toBe('down');
    expect(findings.map(({ code }) => code)).toContain('memory-full');
  });

  it('is no proof of anything where nothing else is known', () => {
    const seen = withRedis(healthyObservation(), 'redis-1', (facts) => ({ ...facts, forbidden }));
    expect(judge(acl, seen).state).toBe('healthy');
  });
});
