import { isNew, lasting } from '../../src/health/lasting.js';
import type { Finding } from '../../src/model/verdict.js';

const aFinding = (code: string, settling: boolean, subject = 's'): Finding => {
  return { code, subject, settling, severity: 'error', saw: '', expected: '', fix: '' };
};

describe('lasting', () => {
  const [owes, dead] = [aFinding('unproven', true), aFinding('node-down', false)];

  it('tells what time alone may mend only after two looks', () => {
    expect(lasting([dead], [owes, dead])).toEqual([dead]);
    expect(lasting([owes], [owes, dead])).toEqual([owes, dead]);
  });

  it('takes the same of another server for something else', () => {
    expect(lasting([aFinding('unproven', true, 'another')], [owes])).toEqual([]);
  });

  it('tells everything after a first look', () => {
    expect(lasting(undefined, [owes])).toEqual([owes]);
  });

  it('asks for another look where something has only just come', () => {
    expect(isNew([dead], [owes, dead])).toBe(true);
    expect(isNew(undefined, [owes])).toBe(true);
    expect(isNew([owes], [owes, dead])).toBe(false);
  });
});
