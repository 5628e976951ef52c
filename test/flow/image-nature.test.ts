import { parseWritten } from '../../src/flow/image-nature.js';

describe('parseWritten', () => {
  it.each([
    ['REDIS0010 tls=yes\n', { format: 'REDIS0010', tls: true }],
    ['VALKEY080 tls=no\n', { format: 'VALKEY080', tls: false }],
    ['sh: a warning\nREDIS0009 tls=yes\n', { format: 'REDIS0009', tls: true }],
    ['GARBAGE99 tls=yes\n', undefined],
    ['REDIS0010', undefined],
    ['', undefined],
  ])('reads %j', (output, expected) => {
    expect(parseWritten(output)).toEqual(expected);
  });
});
