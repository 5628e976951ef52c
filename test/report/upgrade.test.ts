import colors from 'picocolors';
import type { UpgradeReport } from '../../src/model/upgrade.js';
import { upgradeJson, upgradeText } from '../../src/report/upgrade.js';

const plain = colors.createColors(false);
const writes = { acknowledged: 100, failed: 3, unknown: 2, lost: 0, longestGapMs: 820 };
const report: UpgradeReport = {
  schemaVersion: 1,
  topology: 'lab',
  from: 'redis:7.0',
  image: 'redis:8.0',
  server: { program: 'redis-server', version: '8.0.2' },
  changed: true,
  stages: [
    { what: 'replica', node: 'redis-2', tookMs: 4000, writes: { ...writes, failed: 0 } },
    { what: 'master', node: 'redis-1', tookMs: 900, writes: { ...writes, lost: 7 } },
  ],
  elapsedMs: 12_000,
  master: 'redis-2',
  writes: { ...writes, lost: 7, ratePerS: 100, wait: 1 },
};

describe('upgradeText', () => {
  it('tells each step with what it cost', () => {
    const text = upgradeText(report, plain);
    expect(text).toMatch(/replica +redis-2 +4\.00 s +820 ms +100 +0 +2 +0/);
    expect(text).toMatch(/old master +redis-1 +900 ms +820 ms +100 +3 +2 +7/);
    expect(text).toContain('7 are lost');
    expect(text).toContain('redis-server 8.0.2');
  });

  it('leaves the writes out where nobody wrote', () => {
    const { writes: _, ...rest } = report;
    const stages = rest.stages.map(({ writes: __, ...stage }) => stage);
    const text = upgradeText({ ...rest, stages }, plain);
    expect(text).not.toMatch(/acknowledged|LOST/i);
    expect(upgradeJson({ ...rest, stages })).toMatchObject({ writes: null });
  });

  it('says so when there was nothing to do', () => {
    expect(upgradeText({ ...report, changed: false }, plain)).toContain('nothing to do');
  });
});
