import { onlyTarget, readWords } from '../../src/cli/words.js';

describe('the words after a verb', () => {
  it.each([
    [[], { targets: [] }],
    [['demo'], { name: 'demo', targets: [] }],
    [['master'], { targets: ['master'] }],
    [['redis-2'], { targets: ['redis-2'] }],
    [['sentinel:2'], { targets: ['sentinel:2'] }],
    [['demo', 'replica'], { name: 'demo', targets: ['replica'] }],
    [['replica', 'demo'], { name: 'demo', targets: ['replica'] }],
    [['redis-1', 'demo', 'sentinel'], { name: 'demo', targets: ['redis-1', 'sentinel'] }],
    [['redis-1,sentinel-2'], { targets: ['redis-1,sentinel-2'] }],
    // What merely begins like a target is the name of a topology.
    [['redis'], { name: 'redis', targets: [] }],
    [['masters'], { name: 'masters', targets: [] }],
    [['redis-lab'], { name: 'redis-lab', targets: [] }],
    [['redis-1-lab'], { name: 'redis-1-lab', targets: [] }],
  ])('%j mean %j', (words, meaning) => {
    expect(readWords(words)).toEqual(meaning);
  });

  it('name a topology that is called like a node in another way', () => {
    expect(readWords(['master'], 'redis-1')).toEqual({ name: 'redis-1', targets: ['master'] });
  });

  it.each([
    [['demo', 'repilca'], undefined, '"demo" and "repilca"'],
    [['demo'], 'other', '"other" and "demo"'],
  ])('are refused when %j and %j are two names', (words, given, names) => {
    expect(() => readWords(words, given)).toThrow(`${names} would both be names of a topology.`);
  });
});

describe('the node of a verb that takes one', () => {
  it('is the only target, or none', () => {
    expect(onlyTarget([])).toBeUndefined();
    expect(onlyTarget(['redis-2'])).toBe('redis-2');
  });

  it('is refused where there are several, all of them named', () => {
    expect(() => onlyTarget(['redis-2', 'redis-3'])).toThrow('redis-2 and redis-3 are several');
  });
});
