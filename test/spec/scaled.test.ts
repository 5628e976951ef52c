import fc from 'fast-check';
import { majorityOf } from '../../src/model/topology.js';
import { withLive, withRecreated } from '../../src/spec/differences.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { scaledLayer } from '../../src/spec/scaled.js';
import { aSecurity } from '../helpers/security.js';
import { aSpec } from '../helpers/topology.js';

const scaled = (spec: ReturnType<typeof aSpec>, asked: { replicas?: number; sentinels?: number }) =>
  resolveSpec([{ values: asked, where: () => 'a flag' }, scaledLayer(spec, asked)]).spec;

describe('a spec of another size', () => {
  it('has the usual quorum and write guard of its size where it had those before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(3, 5, 7, 9),
        (replicas, sentinels) => {
          const spec = scaled(aSpec(), { replicas, sentinels });
          expect(spec).toMatchObject({ replicas, sentinels, quorum: majorityOf(sentinels) });
          expect(spec.guard.minReplicas).toBe(replicas >= 2 ? 1 : 0);
        },
      ),
    );
  });

  it('keeps what the user has chosen', () => {
    const chosen = aSpec({ sentinels: 5, quorum: 4, guard: { minReplicas: 2, maxLagS: 7 } });
    expect(scaled(chosen, { replicas: 4 })).toMatchObject({ quorum: 4, guard: chosen.guard });
  });

  it('may stay as unsafe as it is, and become so only when that is said', () => {
    const unsafe = aSpec({ sentinels: 1, quorum: 1 });
    expect(scaled(unsafe, { sentinels: 1 })).toMatchObject({ sentinels: 1 });
    expect(scaled(unsafe, {})).toMatchObject({ sentinels: 1 });
    expect(() => scaled(aSpec(), { sentinels: 1 })).toThrow(
      expect.objectContaining({ kind: 'spec' }),
    );
  });
});

describe('withRecreated', () => {
  const asked = aSpec({
    ...{ replicas: 9, sentinels: 9, masterName: 'x', storage: 'volume' as const },
    ...{ logFile: 'y', templates: '/t', fsync: 'always' as const, quorum: 3 },
    limits: { pids: 9, memoryBytes: 1e9, maxmemoryBytes: 1e8 },
    redisPorts: { first: 7000, named: true },
    sentinelPorts: { first: 7100, named: true },
    security: aSecurity({ publish: '10.0.0.1', auth: true, tls: true }),
    further: { redis: { hz: ['20'] }, sentinel: {} },
  });

  it('takes all that new containers can have, and not what stays as it was made', () => {
    const { logFile, templates, limits, redisPorts, sentinelPorts, further } = asked;
    expect(withRecreated(aSpec(), asked)).toEqual({
      ...withLive(aSpec(), asked),
      ...{ logFile, templates, limits, redisPorts, sentinelPorts, further },
      security: aSecurity({ publish: '10.0.0.1' }),
    });
  });

  it('takes away what is no longer asked for', () => {
    const back = withRecreated(asked, aSpec());
    expect(back).not.toHaveProperty('templates');
    expect(back).toMatchObject({ limits: aSpec().limits, further: { redis: {}, sentinel: {} } });
    expect(back.security).toMatchObject({
      auth: true,
      tls: true,
      publish: aSpec().security.publish,
    });
  });
});
