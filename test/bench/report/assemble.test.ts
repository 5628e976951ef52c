import { rowsOf } from './assemble.js';

const none = new Map<string, never>();

describe('rowsOf', () => {
  it('has every row of the sections that ran, and no other', () => {
    const rows = rowsOf(['failover', 'ten'], { samples: none, failed: none, missing: none });
    expect(rows.map(({ id }) => id)).toEqual(['failover.rsent', 'ten.floor', 'ten.rsent']);
    expect(rows.every(({ spread }) => spread === undefined)).toBe(true);
  });

  it('judges medians, not single figures', () => {
    const samples = new Map([['failover.rsent', [2.9, 9.9, 3.0]]]);
    const [row] = rowsOf(['failover'], { samples, failed: none, missing: none });
    expect(row?.spread).toEqual({ median: 3, min: 2.9, max: 9.9, n: 3 });
    expect(row?.goals).toMatchObject([{ value: 3, verdict: 'holds' }]);
  });

  it('keeps why a row is empty and how often it failed', () => {
    const missing = new Map([['up.compose', 'there is none']]);
    const failed = new Map([['up.plain', 2]]);
    const rows = rowsOf(['up'], { samples: none, failed, missing });
    expect(rows.find(({ id }) => id === 'up.compose')?.missing).toBe('there is none');
    expect(rows.find(({ id }) => id === 'up.plain')?.failed).toBe(2);
  });
});
