import { jest } from '@jest/globals';
import { longer, Patience } from '../../src/flow/patience.js';

const load = (amount: number) => ({ what: 'load', amount }) as const;

beforeEach(() => jest.useFakeTimers({ now: 0 }));
afterEach(() => jest.useRealTimers());

describe('patience', () => {
  it('lasts as long as it was given, where nothing is seen', () => {
    expect(new Patience(60).deadline).toBe(60);
  });

  it('begins anew with each step forwards, whoever makes it', () => {
    const patience = new Patience(60);
    jest.setSystemTime(50);
    patience.sees('redis-1', load(1));
    expect(patience.deadline).toBe(110);
    jest.setSystemTime(100);
    patience.sees('redis-2', load(1));
    expect(patience.deadline).toBe(160);
    jest.setSystemTime(150);
    patience.sees('redis-1', load(2));
    expect(patience.deadline).toBe(210);
  });

  it('runs out with what stands still, and with what begins again and again', () => {
    const patience = new Patience(60);
    patience.sees('redis-1', load(9));
    for (const [now, amount] of [
      [20, 9],
      [30, 0],
      [40, 8],
    ] as const) {
      jest.setSystemTime(now);
      patience.sees('redis-1', load(amount));
    }
    expect(patience.deadline).toBe(60);
  });

  it('names the flag that makes it longer', () => {
    expect(longer(60_000)).toContain('--timeout gives it longer (it was 60s ');
  });
});
