import fc from 'fast-check';
import { barred } from '../../src/plan/barred.js';

const user = { uid: 999, gid: 998 };

describe('barred', () => {
  it.each([
    [{ uid: 999, gid: 0, mode: 0o700 }, true],
    [{ uid: 999, gid: 0, mode: 0o600 }, false],
    [{ uid: 0, gid: 998, mode: 0o070 }, true],
    [{ uid: 0, gid: 0, mode: 0o007 }, true],
  ])('lets in whom %j lets in', (rights, isDirectory) => {
    expect(barred(user, rights, isDirectory)).toBeUndefined();
  });

  it.each([
    [{ uid: 999, gid: 0, mode: 0o500 }, true, 'write'],
    [{ uid: 999, gid: 0, mode: 0o600 }, true, 'enter'],
    [{ uid: 999, gid: 0, mode: 0o000 }, false, 'read or write'],
    // The bits of the owner count for the owner, however much the others may do.
    [{ uid: 999, gid: 998, mode: 0o077 }, false, 'read or write'],
    [{ uid: 0, gid: 998, mode: 0o707 }, true, 'read or write or enter'],
  ])('says what %j keeps it from', (rights, isDirectory, what) => {
    expect(barred(user, rights, isDirectory)).toContain(`user 999 cannot ${what} it`);
  });

  it('shows mode and owner as ls does', () => {
    expect(barred(user, { uid: 0, gid: 7, mode: 0o40 }, false)).toContain(
      'it has mode 0040 and belongs to 0:7',
    );
  });

  it('never bars the owner of what it made itself', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (uid, gid) => {
        expect(barred({ uid, gid }, { uid, gid, mode: 0o700 }, true)).toBeUndefined();
        expect(barred({ uid, gid }, { uid, gid, mode: 0o600 }, false)).toBeUndefined();
      }),
    );
  });
});
