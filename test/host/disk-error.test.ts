import { diskError, wordsOf } from '../../src/host/disk-error.js';

/** As node says it, whose words no one should have to read. */
const failure = (code: string) =>
  Object.assign(new Error(`${code}: no such luck, scandir '/a/b'`), { code });

it.each(['EACCES', 'ENOSPC', 'ENOTDIR', 'EROFS', 'EMFILE', 'ETXTBSY', 'EBUSY', 'ESTALE'])(
  'a failure of the system is never told in its own words: %s',
  (code) => {
    const { message } = diskError('write', '/a/b', failure(code));
    for (const words of [message, wordsOf(failure(code))]) {
      expect(words).not.toContain('scandir');
      expect(words).not.toContain('no such luck');
    }
    expect(wordsOf(failure(code))).toContain(`(${code})`);
  },
);

it('what rsent itself says of a file is passed on', () => {
  expect(wordsOf(new Error('it is a link'))).toBe('it is a link');
  expect(diskError('read', '/a', new Error('it is a link')).message).toBe(
    'Cannot read /a: it is a link.',
  );
});
