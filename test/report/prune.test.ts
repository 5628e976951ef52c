import { prunedText, pruneJson, pruneText } from '../../src/report/prune.js';
import { paintFor } from '../../src/report/text.js';

const paint = paintFor({ isTTY: false }, {});
const container = {
  ...{ kind: 'container', name: 'lab-redis-1', topology: 'lab', state: 'running' },
  why: 'there is no record of it in /home',
};
const directory = {
  ...{ kind: 'directory', name: '/home/lab/redis-9', topology: 'lab', bytes: 1234 },
  why: 'its record does not name it',
};
const kept = { ...directory, why: 'rsent prune --volumes removes it' };
const busy = { kind: 'topology', name: 'b', topology: 'b', why: 'another rsent works on it' };
const nothing = { removed: [], failed: [], changed: [] };

describe('what prune shows', () => {
  it('says so when there is nothing', () => {
    expect(pruneText({ found: [], remove: [], kept: [] }, paint)).toBe('Nothing to remove.');
  });

  it('tells what would go, what is kept as data, and what is not touched', () => {
    const look = { found: [container, directory], remove: [container], kept: [kept, busy] };
    expect(pruneText(look, paint)).toBe(
      [
        'KIND       NAME         TOPOLOGY  STATE    WHY',
        'container  lab-redis-1  lab       running  there is no record of it in /home',
        '',
        'Kept, as it is data; rsent prune --volumes removes it:',
        'KIND       NAME               TOPOLOGY  STATE   WHY',
        'directory  /home/lab/redis-9  lab       1.2 kB  its record does not name it',
        '',
        'Not touched:',
        '  topology b: another rsent works on it',
      ].join('\n'),
    );
  });

  it('has nothing in it that a terminal obeys', () => {
    const evil = { ...directory, name: '/home/lab/\x1b[2Jx\x9b31m', why: 'a\x1b]0;b\x07' };
    const look = { found: [evil], remove: [evil], kept: [evil, { ...busy, name: '\x1b[2J' }] };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(pruneText(look, paint)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
  });
});

describe('what prune has done', () => {
  it('counts each kind', () => {
    const removed = [container, container, { ...container, kind: 'network' }, directory, directory];
    expect(prunedText({ ...nothing, removed })).toBe(
      'Removed: 2 containers, 1 network, 2 directories.',
    );
  });

  it('tells what failed and what has changed', () => {
    const changed = [{ ...container, why: 'it is gone' }];
    const failed = [{ ...container, kind: 'volume', name: 'v', why: 'in use' }];
    expect(prunedText({ ...nothing, failed, changed })).toBe(
      [
        'Nothing was removed.',
        'Could not be removed:',
        '  volume v: in use',
        'Not touched:',
        '  container lab-redis-1: it is gone',
      ].join('\n'),
    );
  });
});

describe('the document of prune', () => {
  it('has null for what is not known, and nothing removed when it only looked', () => {
    const probe = { kind: 'container', name: 'x', why: 'left' };
    expect(pruneJson({ found: [probe], remove: [probe], kept: [busy] })).toEqual({
      schemaVersion: 1,
      found: [{ ...probe, topology: null, state: null, bytes: null }],
      ...{ removed: [], kept: [busy], failed: [] },
    });
  });

  it('tells what was removed, what failed and, among the kept, what has changed', () => {
    const { state: _, ...thing } = container;
    const done = { removed: [container], failed: [busy], changed: [{ ...busy, name: 'c' }] };
    expect(pruneJson({ found: [container], remove: [container], kept: [busy] }, done)).toEqual({
      schemaVersion: 1,
      found: [{ ...container, bytes: null }],
      ...{ removed: [thing], failed: [busy], kept: [busy, { ...busy, name: 'c' }] },
    });
  });
});
