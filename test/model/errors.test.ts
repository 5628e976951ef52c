import { codeOf, type ErrorKind, exitCode, messageOf, RsentError } from '../../src/model/errors.js';

describe('exitCode', () => {
  it.each<[ErrorKind, number]>([
    ['refused', 1],
    ['unhealthy', 1],
    ['usage', 2],
    ['spec', 2],
    ['engine', 2],
    ['topology', 2],
    ['bug', 2],
    ['interrupted', 130],
  ])('of %s is %d', (kind, code) => {
    expect(exitCode(new RsentError(kind, 'x'))).toBe(code);
  });

  it.each([[new Error('x')], ['x'], [undefined]])('of anything else is 2: %s', (thrown) => {
    expect(exitCode(thrown)).toBe(2);
  });
});

describe('messageOf', () => {
  it.each([
    [new Error('words'), 'words'],
    ['words', 'words'],
    [undefined, 'undefined'],
    [5, '5'],
  ])('has words for %s', (thrown, words) => {
    expect(messageOf(thrown)).toBe(words);
  });
});

describe('codeOf', () => {
  it.each([
    [{ code: 'ENOENT' }, 'ENOENT'],
    [{ code: 5 }, undefined],
    [new Error('x'), undefined],
    [null, undefined],
    ['ENOENT', undefined],
  ])('of %j', (thrown, code) => {
    expect(codeOf(thrown)).toBe(code);
  });
});

describe('RsentError', () => {
  it('keeps what it was told', () => {
    const cause = new Error('inner');
    const error = new RsentError('engine', 'outer', { hint: 'do this', cause });
    expect(error).toMatchObject({ kind: 'engine', message: 'outer', hint: 'do this', cause });
    expect(error).toBeInstanceOf(Error);
    expect(new RsentError('engine', 'outer').hint).toBeUndefined();
  });
});

describe('a file that an error names', () => {
  const file = { path: '/x/redis.conf', text: 'Its conf is /x/redis.conf.' };

  it('ends the hint, and is left out once it is gone', () => {
    const error = new RsentError('unhealthy', 'no', { hint: 'The last lines.', file });
    expect(error.hint).toBe('The last lines.\nIts conf is /x/redis.conf.');
    expect(error.withoutFile()).toMatchObject({ kind: 'unhealthy', message: 'no' });
    expect(error.withoutFile().hint).toBe('The last lines.');
  });

  it('may be all of the hint', () => {
    const error = new RsentError('unhealthy', 'no', { file });
    expect(error.hint).toBe(file.text);
    expect(error.withoutFile().hint).toBeUndefined();
  });
});
