import { flagLayer } from '../../src/spec/layers.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { requireCertificate, restoredLayer } from '../../src/spec/restored.js';
import { aSecurity } from '../helpers/security.js';
import { aSpec } from '../helpers/topology.js';

const resolved = (flags: Record<string, unknown>, spec = aSpec()) =>
  resolveSpec([flagLayer(flags), restoredLayer(spec)]).spec;

describe('the spec of a backup', () => {
  it('is what is made where nothing else is said', () => {
    const spec = aSpec({ masterName: 'other', limits: { pids: 99 }, logFile: 'x.log' });
    expect(resolved({}, spec)).toMatchObject({
      ...spec,
      image: { ref: 'redis:8.0', named: true },
    });
  });

  it('gives way to flags, and so does what only followed from something else', () => {
    expect(resolved({ name: 'new', sentinels: 5, replicas: 1, acl: true })).toMatchObject({
      name: 'new',
      sentinels: 5,
      quorum: 3,
      replicas: 1,
      guard: { minReplicas: 0 },
      security: { auth: true, acl: true },
    });
  });

  it('keeps what was chosen on purpose', () => {
    const spec = aSpec({ quorum: 3, guard: { minReplicas: 2, maxLagS: 5 } });
    expect(resolved({}, spec)).toMatchObject({ quorum: 3, guard: { minReplicas: 2, maxLagS: 5 } });
  });

  it('is as unsafe as it was, and not more unless that is asked for', () => {
    expect(resolved({}, aSpec({ sentinels: 2, quorum: 2 })).sentinels).toBe(2);
    expect(() => resolved({ sentinels: 2 })).toThrow('--allow-unsafe');
    expect(resolved({ sentinels: 2, allowUnsafe: true }).sentinels).toBe(2);
  });

  it('has the directives that were passed through, and takes others besides', () => {
    const spec = aSpec({ further: { redis: { save: ['900 1'] }, sentinel: {} }, fsync: 'always' });
    expect(resolved({ redisConfig: ['hz 20'] }, spec)).toMatchObject({
      fsync: 'always',
      further: { redis: { save: ['900 1'], hz: ['20'] } },
    });
  });

  const own = aSpec({ security: aSecurity({ tls: true, givenCertificate: true }) });

  it('has no certificate of the user’s own in it: one must be given, or done without', () => {
    expect(() => requireCertificate(own, [flagLayer({})])).toThrow('not in the backup');
    expect(() => requireCertificate(own, [flagLayer({ tls: false })])).not.toThrow();
    expect(resolved({ tls: true }, own).security).not.toHaveProperty('givenCertificate');
    expect(resolved({ tls: false }, own).security.tls).toBe(false);
  });
});
