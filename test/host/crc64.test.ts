import { Crc64 } from '../../src/host/crc64.js';

describe('the checksum of a dump', () => {
  it('is the one that Redis tests itself with', () => {
    const crc = new Crc64();
    crc.update(Buffer.from('123456789'));
    expect(crc.digest().reverse().toString('hex')).toBe('e9c6d914c4b8d9ca');
  });

  it('is the same in pieces', () => {
    const [whole, pieces] = [new Crc64(), new Crc64()];
    whole.update(Buffer.from('abcdef'));
    for (const piece of ['a', '', 'bcd', 'ef']) pieces.update(Buffer.from(piece));
    expect(pieces.digest()).toEqual(whole.digest());
  });
});
