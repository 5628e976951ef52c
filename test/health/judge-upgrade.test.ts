import { expectRecord } from '../../src/health/expect.js';
import { judgeUpgrade } from '../../src/health/judge-upgrade.js';
import type { NodeObservation } from '../../src/model/observation.js';
import { aRecord } from '../helpers/topology.js';

const silent = { reached: false, why: 'nobody' } as const;
const node = (name: string, image?: string): NodeObservation => ({
  ...{ name, kind: 'redis', container: 'running', answer: silent },
  ...(image === undefined ? {} : { image }),
});

describe('judgeUpgrade', () => {
  it('says nothing when no upgrade is under way', () => {
    expect(judgeUpgrade(expectRecord(aRecord()), [node('redis-1', 'redis:7.0')])).toEqual([]);
  });

  it('warns, and names which nodes run what', () => {
    const record = { ...aRecord(), unfinished: { upgradingFrom: 'redis:7.0' } };
    const nodes = [
      node('redis-1', 'redis:7.0'),
      node('redis-2', 'redis:8.0'),
      node('redis-3', 'redis:8.0'),
      node('sentinel-1'),
    ];
    const [finding] = judgeUpgrade(expectRecord(record), nodes);
    expect(finding).toMatchObject({ code: 'upgrade-unfinished', severity: 'warning' });
    expect(finding?.saw).toContain('redis-1: redis:7.0');
    expect(finding?.saw).toContain('redis-2, redis-3: redis:8.0');
    expect(finding?.saw).toContain('sentinel-1: no container');
  });
});
