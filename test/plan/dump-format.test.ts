import { canRead, dumpFormat } from '../../src/plan/dump-format.js';

const format = (head: string) => {
  const found = dumpFormat(head);
  if (found === undefined) throw new Error(`no format: ${head}`);
  return found;
};

describe('the format of a dump', () => {
  it.each([
    ['REDIS0009', { family: 'redis', version: 9 }],
    ['REDIS0012', { family: 'redis', version: 12 }],
    ['VALKEY080', { family: 'valkey', version: 80 }],
    ['REDIS001', undefined],
    ['REDISabcd', undefined],
    ['VALKEY08', undefined],
    ['*2\r\n$6\r\nS', undefined],
    ['', undefined],
  ])('is told by its first bytes: %s', (head, expected) => {
    expect(dumpFormat(head)).toEqual(expected);
  });

  it.each([
    ['REDIS0010', 'REDIS0010', true],
    ['REDIS0010', 'REDIS0009', true],
    ['REDIS0010', 'REDIS0011', false],
    ['REDIS0012', 'VALKEY080', false],
    ['VALKEY080', 'VALKEY080', true],
    ['VALKEY080', 'VALKEY081', false],
    ['VALKEY080', 'REDIS0011', true],
    ['VALKEY080', 'REDIS0012', false],
  ])('what writes %s reads %s: %s', (writes, dump, expected) => {
    expect(canRead(format(writes), format(dump))).toBe(expected);
  });
});
