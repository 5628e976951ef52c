import { canRead, isFormat, readsDataOf } from '../../src/plan/formats.js';

const nature = (version: string, format: string) => {
  return { server: 'redis-server', version, format, tls: true };
};

describe('canRead', () => {
  it.each([
    ['REDIS0010', 'REDIS0009', true],
    ['REDIS0010', 'REDIS0010', true],
    ['REDIS0010', 'REDIS0012', false],
    ['REDIS0011', 'REDIS0010', true],
    ['REDIS0011', 'REDIS0012', false],
    ['VALKEY080', 'REDIS0011', true],
    ['VALKEY080', 'REDIS0012', false],
    ['VALKEY081', 'VALKEY080', true],
    ['VALKEY080', 'VALKEY081', false],
    ['REDIS0012', 'VALKEY080', false],
    ['REDIS0099', 'VALKEY080', false],
    ['', 'REDIS0009', false],
    ['REDIS0009', 'nothing', false],
  ])('a server that writes %s and a file that begins with %s: %s', (reader, written, can) => {
    expect(canRead(reader, written)).toBe(can);
  });
});

describe('readsDataOf', () => {
  it('says no where only the append-only file is in the way', () => {
    const [old, young] = [nature('6.2.16', 'REDIS0009'), nature('7.0.0', 'REDIS0009')];
    expect(readsDataOf(young, old)).toBe(true);
    expect(readsDataOf(old, young)).toBe(false);
    expect(readsDataOf(nature('6.0.16', 'REDIS0009'), old)).toBe(true);
  });
});

describe('the first bytes of an RDB file', () => {
  it.each(['REDIS0009', 'REDIS0012', 'VALKEY080'])('are such as %s', (head) => {
    expect(isFormat(head)).toBe(true);
  });

  it.each(['REDIS001', 'REDISabcd', 'VALKEY08', '*2\r\n$6\r\nS', ''])('are not %j', (head) => {
    expect(isFormat(head)).toBe(false);
  });
});
