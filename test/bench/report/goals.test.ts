import { judgedOf } from './goals.js';
import { ROWS } from './rows.js';

const judged = (row: string, figures: Readonly<Record<string, number>>) =>
  judgedOf(row, (id) => figures[id]).map(({ value, verdict }) => [value, verdict]);

describe('judgedOf', () => {
  it('holds up against the floor and against Compose', () => {
    const figures = { 'up.rsent': 1.35, 'up.floor': 1, 'up.compose': 5 };
    expect(judged('up.rsent', figures)).toEqual([
      [1.35, 'holds'],
      [0.27, 'missed'],
    ]);
  });

  it('judges nothing without the figures', () => {
    expect(judged('up.rsent', { 'up.rsent': 1 })).toEqual([
      [undefined, 'not judged'],
      [undefined, 'not judged'],
    ]);
  });

  it.each([
    ['down.rsent', { 'down.rsent': 1.3, 'down.floor': 1 }, 'missed'],
    ['down.rsent', { 'down.rsent': 1.2, 'down.floor': 1 }, 'holds'],
    ['failover.rsent', { 'failover.rsent': 3.35 }, 'holds'],
    ['failover.rsent', { 'failover.rsent': 3.36 }, 'missed'],
    ['status.small', { 'status.small': 0.31 }, 'missed'],
    ['status.version', { 'status.version': 0.06, 'status.node': 0.04 }, 'holds'],
    ['status.help', { 'status.help': 0.1, 'status.node': 0.04 }, 'missed'],
    ['growth.36.down.mb', { 'growth.36.down.mb': 121 }, 'missed'],
    ['growth.70.status.mb', { 'growth.70.status.mb': 120 }, 'holds'],
  ])('%s with %j %s', (row, figures, verdict) => {
    expect(judged(row, figures).map(([, is]) => is)).toEqual([verdict]);
  });

  it('compares the most nodes with the fewest, each by its floor', () => {
    const fewest = { 'growth.6.up': 3, 'growth.6.floor': 2 };
    const most = (up: number) => ({ ...fewest, 'growth.70.up': up, 'growth.70.floor': 10 });
    expect(judged('growth.70.up', most(15))).toEqual([[1.5, 'holds']]);
    expect(judged('growth.70.up', most(16))).toEqual([[1.6, 'missed']]);
  });

  it('has the goals that were set, each on a row of the table', () => {
    const goals = ROWS.flatMap(({ id }) => judgedOf(id, () => undefined).map(({ goal }) => goal));
    expect(goals.filter((goal) => goal.endsWith('MB'))).toHaveLength(12);
    expect(goals).toHaveLength(8 + 12);
  });
});
