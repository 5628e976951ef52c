import { isNew, lasting } from '../../src/health/lasting.js';
import type { Finding } from '../../src/model/verdict.js';

const aFinding = (code: string, settling: boolean, subject = 's'): Finding => {
  return { code, subject, settling, severity: 'error', saw: '', expected: '', fix: '' };
};

describe('lasting', () => {
  const [owes, dead] = [aFinding('unproven', true), aFinding('node-down', false)];

  const other = aFinding('node-down', false, 'another');

  it('tells what time alone may mend only after two looks', () => {
    expect(lasting([other], [owes, other])).toEqual([other]);
    expect(lasting([owes], [owes, dead])).toEqual([owes, dead]);
  });

  it('tells what has only changed its face', () => {
    const [silent, frozen] = [aFinding('node-unreachable', true), aFinding('node-frozen', true)];
    expect(lasting([silent], [frozen])).toEqual([frozen]);
  });

  it('takes the same of another server for something else', () => {
    expect(lasting([aFinding('unproven', true, 'another')], [owes])).toEqual([]);
  });

  it('tells everything after a first look', () => {
    expect(lasting(undefined, [owes])).toEqual([owes]);
  });

  it('asks for another look where something has only just come', () => {
    expect(isNew([other], [owes, other])).toBe(true);
    expect(isNew(undefined, [owes])).toBe(true);
    expect(isNew([owes], [owes, dead])).toBe(false);
  });
});
