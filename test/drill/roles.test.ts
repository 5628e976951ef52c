import { type FaultSpan, type RoleSample, spansOf } from '../../src/drill/roles.js';
import type { FaultKind } from '../../src/model/drill.js';
import { fault, linesOf, type Role, said, window } from '../helpers/role-samples.js';

/** What redis-1 was from -100 to 1000. */
function told(
  samples: readonly RoleSample[],
  faults: readonly FaultSpan[] = [],
  inside: readonly RoleSample[] = [],
): string[] {
  return linesOf(spansOf(samples, faults, window(-100, 1000), inside));
}

describe('spansOf', () => {
  it('takes what a node said for true until it says something else', () => {
    const samples = [said(-90, 'replica'), said(10, 'replica'), said(120, 'master')];
    expect(told(samples)).toEqual(['replica -100..120', 'master 120..1000']);
  });

  it('does not care in which order the answers are kept', () => {
    const samples = [said(120, 'master'), said(-90, 'replica'), said(60, 'syncing')];
    expect(told(samples)).toEqual(['replica -100..60', 'syncing 60..120', 'master 120..1000']);
  });

  it('knows nothing of nodes that nobody asked', () => {
    expect(told([])).toEqual([]);
  });

  it('tells each node by itself, in the order in which they were first asked', () => {
    const samples = [
      said(-90, 'sentinel', 'sentinel-1'),
      said(-80, 'master', 'redis-1'),
      said(50, 'sentinel', 'sentinel-1'),
      said(60, 'silent', 'redis-1'),
    ];
    const spans = spansOf(samples, [fault('hang', 40, 55)], window(-100, 100));
    expect(spans.map(({ node }) => node)).toEqual(['sentinel-1', 'redis-1', 'redis-1']);
    expect(linesOf(spans)).toEqual(['sentinel -100..100', 'master -100..40', 'frozen 40..100']);
  });
});

describe('spansOf with a fault', () => {
  it.each<[FaultKind, Role, string]>([
    ['crash', 'master', 'down'],
    ['crash', 'replica', 'down'],
    ['crash', 'sentinel', 'down'],
    ['shutdown', 'master', 'down'],
    ['shutdown', 'replica', 'down'],
    ['shutdown', 'sentinel', 'down'],
    ['hang', 'master', 'frozen'],
    ['hang', 'replica', 'frozen'],
    ['hang', 'sentinel', 'frozen'],
    ['partition', 'master', 'isolated'],
    ['partition', 'replica', 'cut'],
    ['partition', 'syncing', 'cut'],
    ['partition', 'sentinel', 'cut'],
  ])('%s: a %s is %s', (kind, role, hidden) => {
    const samples = [said(-50, role), said(600, role)];
    expect(told(samples, [fault(kind, 0, 500)])).toEqual([
      `${role} -100..0`,
      `${hidden} 0..600`,
      `${role} 600..1000`,
    ]);
  });

  it('that lasts tells it until the end', () => {
    const samples = [said(-50, 'master'), said(900, 'silent')];
    expect(told(samples, [fault('crash', 0)])).toEqual(['master -100..0', 'down 0..1000']);
  });

  it('does not believe what arrived meanwhile: it was said before', () => {
    const samples = [
      said(-50, 'master'),
      said(0, 'master'),
      said(30, 'silent'),
      said(499, 'replica'),
      said(500, 'replica'),
    ];
    expect(told(samples, [fault('hang', 0, 500)])).toEqual([
      'master -100..0',
      'frozen 0..500',
      'replica 500..1000',
    ]);
  });

  it('of another node changes nothing', () => {
    const samples = [said(-50, 'replica'), said(50, 'replica'), said(600, 'replica')];
    const other = fault('crash', 0, 500, 'redis-10');
    expect(told(samples, [other])).toEqual(['replica -100..1000']);
  });

  it('lasts until the node answers: it is not silent on its way back', () => {
    const samples = [
      said(-50, 'master'),
      said(500, 'silent'),
      said(600, 'silent'),
      said(700, 'syncing'),
      said(800, 'replica'),
    ];
    expect(told(samples, [fault('crash', 0, 500)])).toEqual([
      'master -100..0',
      'down 0..700',
      'syncing 700..800',
      'replica 800..1000',
    ]);
  });

  it('does not excuse a silence after the node has answered again', () => {
    const samples = [
      said(-50, 'master'),
      said(510, 'silent'),
      said(600, 'replica'),
      said(700, 'silent'),
      said(800, 'replica'),
    ];
    expect(told(samples, [fault('crash', 0, 500)])).toEqual([
      'master -100..0',
      'down 0..600',
      'replica 600..700',
      'silent 700..800',
      'replica 800..1000',
    ]);
  });

  it('does not excuse a silence before it', () => {
    const samples = [said(-90, 'replica'), said(-50, 'silent'), said(600, 'replica')];
    expect(told(samples, [fault('crash', 0, 500)])).toEqual([
      'replica -100..-50',
      'silent -50..0',
      'down 0..600',
      'replica 600..1000',
    ]);
  });

  it('may come twice', () => {
    const samples = [said(-50, 'master'), said(150, 'replica'), said(600, 'replica')];
    const faults = [fault('partition', 0, 100), fault('partition', 200, 500)];
    expect(told(samples, faults)).toEqual([
      'master -100..0',
      'isolated 0..150',
      'replica 150..200',
      'cut 200..600',
      'replica 600..1000',
    ]);
  });

  it('leaves a master a master that did not answer any more just before it', () => {
    // The question was under way when the fault was made: it was asked before, and never answered.
    const samples = [said(-50, 'master'), said(-1, 'silent'), said(600, 'replica')];
    expect(told(samples, [fault('partition', 0, 500)])).toContain('isolated 0..600');
  });
});

describe('spansOf without a fault', () => {
  it('tells a silence', () => {
    const samples = [said(-50, 'replica'), said(100, 'silent'), said(300, 'replica')];
    expect(told(samples)).toEqual(['replica -100..100', 'silent 100..300', 'replica 300..1000']);
  });
});

describe('spansOf with a master that was cut off', () => {
  const cut = fault('partition', 0, 500);
  const [before, ...after] = [said(-50, 'master'), said(560, 'master'), said(900, 'syncing')];

  it('shows it as a second master once the cut is healed, until it is told otherwise', () => {
    expect(told([before, ...after, said(950, 'replica')], [cut])).toEqual([
      'master -100..0',
      'isolated 0..560',
      'master 560..900',
      'syncing 900..950',
      'replica 950..1000',
    ]);
  });

  it('believes the client inside: it is master still', () => {
    const inside = [said(100, 'master'), said(300, 'master')];
    expect(told([before, ...after], [cut], inside)).toEqual([
      'master -100..0',
      'isolated 0..560',
      'master 560..900',
      'syncing 900..1000',
    ]);
    expect(told(after, [cut], inside)).toContain('isolated 100..560');
  });

  it('believes the client inside: it is no master any more', () => {
    const inside = [said(100, 'master'), said(300, 'replica')];
    expect(told([before, ...after], [cut], inside).slice(1, 3)).toEqual([
      'isolated 0..300',
      'replica 300..560',
    ]);
  });

  it('asks the client inside only while nobody else can ask', () => {
    const inside = [said(-70, 'replica'), said(500, 'replica'), said(700, 'replica')];
    expect(told([before, ...after], [cut], inside)).toEqual(told([before, ...after], [cut]));
  });

  it('does not take the word of a client inside another node', () => {
    const inside = [said(100, 'replica', 'redis-2')];
    expect(told([before, ...after], [cut], inside)).toEqual(told([before, ...after], [cut]));
  });
});
