import { USERS } from '../../src/model/access.js';
import type { Security } from '../../src/model/spec.js';
import { passwordMark } from '../../src/plan/marks.js';
import { writesAllConfs } from '../../src/plan/up-confs.js';
import { namesOf } from '../../src/plan/up-files.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { aSecurity } from '../helpers/security.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';
import {
  ancestors,
  asleep,
  facts,
  ids,
  names,
  record,
  redisNames,
  stepsOfKind,
} from '../helpers/up-facts.js';

const secured = (changes: Partial<Security>) => aRecord({ security: aSecurity(changes) });
const AUTH = secured({ auth: true });
const TLS = secured({ tls: true });
const BOTH = secured({ auth: true, tls: true });
const SECRET_KINDS = ['write-secret', 'make-authority', 'issue-certificate'] as const;

describe('a plan without password and TLS', () => {
  it('keeps no secret, issues nothing, and has no mark', () => {
    const plan = upPlan(facts());
    for (const kind of SECRET_KINDS) expect(stepsOfKind(plan, kind)).toEqual([]);
    expect(JSON.stringify(plan)).not.toContain('<rsent:');
  });
});

describe('writesAllConfs', () => {
  const ownTemplates = aRecord({ templates: '/mine' });

  it.each([
    ['of a new topology', facts(), true],
    ['of one that is there', asleep(), false],
    [
      'with templates of the user’s, which may lack a setting',
      facts({ record: ownTemplates }),
      false,
    ],
  ])('of a plan %s', (_, given, all) => {
    expect(writesAllConfs(upPlan(given), given.record)).toBe(all);
  });

  it('is not so where one conf of many is written', () => {
    const plan = upPlan(facts());
    const steps = plan.steps.filter(({ id }) => id !== 'conf:redis-2');
    expect(writesAllConfs({ ...plan, steps }, record)).toBe(false);
  });
});

describe('a plan with a password', () => {
  const plan = upPlan(facts({ record: AUTH }));

  it('keeps it where only its owner can read it, after the record', () => {
    expect(stepsOfKind(plan, 'write-secret')).toEqual([
      {
        kind: 'write-secret',
        id: 'password:app',
        after: ['record'],
        user: 'app',
        path: '/data/lab/password',
        mode: 0o600,
      },
    ]);
  });

  it('keeps it before any conf that holds it is written', () => {
    for (const name of names) {
      expect([name, [...ancestors(plan, `conf:${name}`)]]).toEqual([
        name,
        expect.arrayContaining(['password:app', 'record']),
      ]);
    }
  });

  it('has a mark in every conf, and nowhere else', () => {
    const marks = (value: unknown) => JSON.stringify(value).split(passwordMark('app')).length - 1;
    const confs = stepsOfKind(plan, 'write-file');
    expect(confs.map(({ content }) => marks(content))).toEqual([2, 2, 2, 2, 2, 2]);
    expect(marks(plan)).toBe(12);
  });

  it('does not keep it again, and waits for nothing that is not there', () => {
    const again = upPlan(facts({ record: AUTH, keptPasswords: new Set(['app']) }));
    expect(stepsOfKind(again, 'write-secret')).toEqual([]);
    const known = ids(again);
    expect(again.steps.flatMap(({ after }) => after).filter((id) => !known.includes(id))).toEqual(
      [],
    );
    expect(stepsOfKind(again, 'write-file')).toHaveLength(6);
  });

  it('keeps it again for a topology whose file is gone', () => {
    expect(ids(upPlan(asleep({ record: AUTH })))).toContain('password:app');
  });
});

describe('a plan with a user for everyone', () => {
  const acl = secured({ auth: true, acl: true });
  const plan = upPlan(facts({ record: acl }));

  it('keeps the password of each where only its owner can read it, after the record', () => {
    const file = { app: 'password', rsent: 'password.rsent' };
    const files = { ...file, sentinel: 'password.sentinel', replication: 'password.replication' };
    expect(stepsOfKind(plan, 'write-secret')).toEqual(
      USERS.map((user) => ({
        kind: 'write-secret',
        id: `password:${user}`,
        after: ['record'],
        user,
        path: `/data/lab/${files[user]}`,
        mode: 0o600,
      })),
    );
  });

  it('keeps all of them before any conf is written', () => {
    for (const name of names) {
      expect([...ancestors(plan, `conf:${name}`)]).toEqual(
        expect.arrayContaining(USERS.map((user) => `password:${user}`)),
      );
    }
  });

  it.each(USERS)('keeps only those that are not there yet, and waits for no other: %s', (gone) => {
    const keptPasswords = new Set(USERS.filter((user) => user !== gone));
    const again = upPlan(facts({ record: acl, keptPasswords }));
    expect(stepsOfKind(again, 'write-secret').map(({ user }) => user)).toEqual([gone]);
    const known = ids(again);
    expect(again.steps.flatMap(({ after }) => after).filter((id) => !known.includes(id))).toEqual(
      [],
    );
  });

  it('has marks in confs, and nowhere else', () => {
    const marks = (value: unknown) => JSON.stringify(value).split('<rsent:').length - 1;
    const confs = stepsOfKind(plan, 'write-file');
    // Four users and one password on a data node; three users and one password, twice, on a Sentinel.
    expect(confs.map(({ content }) => marks(content))).toEqual([5, 5, 5, 5, 5, 5]);
    expect(marks(plan)).toBe(30);
  });
});

describe('a plan with TLS', () => {
  const plan = upPlan(facts({ record: TLS }));

  it('makes one authority, after the record', () => {
    expect(stepsOfKind(plan, 'make-authority')).toEqual([
      {
        kind: 'make-authority',
        id: 'authority',
        after: ['record'],
        certificate: '/data/lab/ca.crt',
        key: '/data/lab/ca.key',
      },
    ]);
  });

  it('issues a certificate for each node into the directory of its conf', () => {
    expect(stepsOfKind(plan, 'issue-certificate').map(({ id, path }) => [id, path])).toEqual(
      names.map((name) => [`certificate:${name}`, `/data/lab/${name}/conf`]),
    );
  });

  it('issues it after the authority and the directory, and starts the node after it', () => {
    for (const name of names) {
      expect([...ancestors(plan, `certificate:${name}`)]).toEqual(
        expect.arrayContaining(['authority', `directory:${name}/conf`, 'record']),
      );
      expect([...ancestors(plan, `start:${name}`)]).toContain(`certificate:${name}`);
    }
  });

  it('hands a certificate over to the user of the containers only when told to', () => {
    const user = { uid: 999, gid: 999 };
    const owners = (chown: boolean) =>
      stepsOfKind(upPlan(facts({ record: TLS, user, chown })), 'issue-certificate').map(
        ({ owner }) => owner,
      );
    expect(new Set(owners(true))).toEqual(new Set([user]));
    expect(new Set(owners(false))).toEqual(new Set([undefined]));
  });

  it('issues only those that are missing, by the authority that is there', () => {
    const some = upPlan(
      asleep({ record: TLS, hasAuthority: true, certified: new Set(redisNames) }),
    );
    expect(stepsOfKind(some, 'make-authority')).toEqual([]);
    const issued = stepsOfKind(some, 'issue-certificate');
    expect(issued.map(({ id }) => id)).toEqual(
      ['sentinel-1', 'sentinel-2', 'sentinel-3'].map((name) => `certificate:${name}`),
    );
    expect(issued.flatMap(({ after }) => after)).not.toContain('authority');
  });

  it('brings no key and no certificate itself', () => {
    expect(JSON.stringify(upPlan(facts({ record: BOTH })))).not.toMatch(/BEGIN|PRIVATE/);
  });
});

describe('a plan with a certificate of the user’s', () => {
  const GIVEN = secured({ tls: true, givenCertificate: true });
  const plan = upPlan(facts({ record: GIVEN }));

  it('keeps it once and puts it beside each conf, in place of an authority', () => {
    expect(stepsOfKind(plan, 'write-certificate').map(({ id, path }) => [id, path])).toEqual([
      ['authority', '/data/lab'],
      ...names.map((name) => [`certificate:${name}`, `/data/lab/${name}/conf`]),
    ]);
    expect(stepsOfKind(plan, 'make-authority')).toEqual([]);
    expect(stepsOfKind(plan, 'issue-certificate')).toEqual([]);
    expect(JSON.stringify(plan)).not.toMatch(/BEGIN|PRIVATE/);
  });

  it('starts no node before it', () => {
    for (const name of names) {
      expect([...ancestors(plan, `start:${name}`)]).toEqual(
        expect.arrayContaining([`certificate:${name}`, 'authority']),
      );
    }
  });

  it('hands the copies over to the user of the containers, and keeps the kept one', () => {
    const user = { uid: 999, gid: 999 };
    const steps = stepsOfKind(
      upPlan(facts({ record: GIVEN, user, chown: true })),
      'write-certificate',
    );
    expect(steps.map(({ owner }) => owner)).toEqual([undefined, ...names.map(() => user)]);
  });

  it('gives it to those only that have none', () => {
    const certified = new Set(redisNames);
    const again = upPlan(asleep({ record: GIVEN, hasAuthority: true, certified }));
    expect(stepsOfKind(again, 'write-certificate').map(({ id }) => id)).toEqual(
      ['sentinel-1', 'sentinel-2', 'sentinel-3'].map((name) => `certificate:${name}`),
    );
  });
});

describe('what a node is called in its certificate', () => {
  const node = nodeNamed(TLS, 'redis-1');

  it('is all that it is reached by', () => {
    expect(namesOf(node, ['10.1.2.3'])).toEqual({
      commonName: 'lab-redis-1',
      dnsNames: ['lab-redis-1', 'redis-1', 'localhost'],
      ipAddresses: ['172.30.5.11', '127.0.0.1'],
    });
  });

  it.each<[string, string[]]>([
    ['0.0.0.0', ['172.30.5.11', '10.1.2.3', '172.17.0.1', '127.0.0.1']],
    ['192.168.1.7', ['172.30.5.11', '192.168.1.7', '127.0.0.1']],
  ])('where it is published on %s: each address once, and never the wildcard', (ip, expected) => {
    const published = { ip, port: 6379 };
    const host = ['127.0.0.1', '10.1.2.3', '172.17.0.1'];
    const { ipAddresses } = namesOf({ ...node, published }, host);
    expect([...ipAddresses].sort()).toEqual([...expected].sort());
  });

  it('is in the plan', () => {
    const plan = upPlan(facts({ record: TLS, hostAddresses: ['10.1.2.3'] }));
    expect(stepsOfKind(plan, 'issue-certificate')[0]?.names).toEqual(namesOf(node, ['10.1.2.3']));
  });
});
