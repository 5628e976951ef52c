import type { BenchResult, Row } from './result.js';
import { markdownOf, textOf, withTable } from './table.js';

const row: Row = {
  ...{ id: 'up.rsent', section: 'up', what: 'rsent up', unit: 's', failed: 0 },
  samples: [1.5, 1.4, 1.7],
  spread: { median: 1.5, min: 1.4, max: 1.7, n: 3 },
  goals: [
    { goal: '≤ 1.35 × floor', value: 1.25, most: 1.35, verdict: 'holds' },
    { goal: '≤ 0.25 × Compose', verdict: 'not judged', most: 0.25 },
  ],
};
const missing: Row = {
  ...{ id: 'up.compose', section: 'up', what: 'Compose', unit: 's', samples: [], goals: [] },
  ...{ failed: 2, missing: 'there is no Compose 2' },
};
const result: BenchResult = {
  ...{ schemaVersion: 1, date: '2026-11-22T10:00:00.000Z', rounds: 3, sections: ['up'] },
  ...{ image: 'redis:7.0', rows: [row, missing], failures: ['compose, round 1: no | quorum'] },
  load: { start: 0.5, end: 1.25 },
  machine: {
    ...{ cores: 2, memoryMb: 4096, kernel: '6.1', node: '20.19.0', engine: '20.10' },
    server: 'Redis 7.0.15',
  },
};

describe('the table', () => {
  it('shows figures, every goal and its verdict', () => {
    expect(markdownOf(result)).toContain(
      '| rsent up | 1.500 s | 1.400 s | 1.700 s | 3 | ≤ 1.35 × floor<br>≤ 0.25 × Compose | 1.25<br>- | holds<br>not judged |',
    );
  });

  it('says which peer is missing and what failed', () => {
    const text = textOf(result);
    expect(text).toContain('Compose (missing: there is no Compose 2) (2 failed)');
    expect(text).toContain('failed: compose, round 1: no | quorum');
  });

  it('says where it was measured', () => {
    expect(textOf(result)).toMatch(
      /^2026-11-22T10:00:00.000Z: 2 cores, 4 GB, Linux 6\.1, Docker 20\.10, Compose none, node 20\.19\.0, Redis 7\.0\.15 \(redis:7\.0\); 3 rounds after a warm-up, load 0\.50 at the start, 1\.25 at the end\.$/m,
    );
  });
});

describe('withTable', () => {
  it('changes nothing but what is between the marks', () => {
    const document = 'a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n';
    expect(withTable(document, '| new |\n')).toBe(
      'a\n<!-- bench -->\n\n| new |\n\n<!-- /bench -->\nb\n',
    );
  });

  it('fails where there is no place', () => {
    expect(() => withTable('a <!-- bench --> b', 'c')).toThrow('no place');
  });
});
