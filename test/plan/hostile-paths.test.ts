import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { passwordPath } from '../../src/host/secrets.js';
import { USERS } from '../../src/model/access.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { FIELDS } from '../../src/spec/fields.js';
import { hostileText, legalName, placedRecord } from '../helpers/hostile.js';
import { aSecurity } from '../helpers/security.js';
import { aSpec } from '../helpers/topology.js';
import { facts } from '../helpers/up-facts.js';

describe('the paths of a plan', () => {
  /** Every path of this machine in it. */
  const pathsOf = (value: unknown, key = ''): string[] => {
    if (typeof value === 'string') {
      return /^(path|certificate|key|from|rsent\.directory)$/.test(key) ? [value] : [];
    }
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([inner, each]) => pathsOf(each, inner));
  };
  const stranger = fc
    .tuple(legalName, fc.oneof(hostileText, fc.constantFrom('/', '.', '\\')), fc.nat(40))
    .map(([name, bad, at]) => name.slice(0, at) + bad + name.slice(at));
  const climber = fc.constantFrom(
    'a/../../b',
    'a/..',
    'a/../b',
    'a/b',
    'a//b',
    'a/./b',
    'a..b',
    '..a',
  );
  const anyName = fc.oneof(legalName, stranger, hostileText, climber);

  it('never leave the topology’s own directory, whatever name was taken', () => {
    let taken = 0;
    fc.assert(
      fc.property(anyName, fc.boolean(), (name, acl) => {
        if (!FIELDS.name.safeParse(name).success) return;
        taken++;
        const record = placedRecord(
          aSpec({ name, security: aSecurity({ auth: true, acl, tls: true }) }),
        );
        const own = `/home/me/${name}`;
        const plan = upPlan(facts({ record, directory: join('/home/me', name) }));
        const passwords = USERS.map((user) => passwordPath('/home/me', name, user));
        const paths = [...pathsOf(plan), ...passwords];
        expect(paths.length).toBeGreaterThan(40);
        expect(paths.filter((path) => path !== own && !path.startsWith(`${own}/`))).toEqual([]);
        expect(paths.filter((path) => resolve(path) !== path)).toEqual([]);
      }),
    );
    expect(taken).toBeGreaterThan(10);
  });

  it('are looked at by a test that would notice', () => {
    const record = placedRecord(aSpec({ name: '../x' }));
    const plan = upPlan(facts({ record, directory: '/home/me/../x' }));
    expect(pathsOf(plan).filter((path) => !path.startsWith('/home/me/../x'))).toEqual([]);
    expect(pathsOf(plan).filter((path) => resolve(path) !== path)).not.toEqual([]);
  });
});
