import { Pending } from '../../src/flow/pending.js';

it('gives each remedy once: that of who began last, and knows most', () => {
  const pending = new Pending();
  pending.begin({ what: 'a', remedy: 'rsent up lab completes it; rsent down lab removes it.' });
  const end = pending.begin({ what: 'b', remedy: 'rsent up lab brings every node back.' });
  pending.begin({ what: 'c', remedy: 'They expire by themselves.' });
  pending.begin({ what: 'd', remedy: 'They expire by themselves.' });
  expect(pending.remedies()).toEqual([
    'rsent up lab brings every node back.',
    'They expire by themselves.',
  ]);
  end();
  expect(pending.remedies()[0]).toBe('rsent up lab completes it; rsent down lab removes it.');
});
