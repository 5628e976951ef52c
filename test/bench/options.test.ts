import { optionsOf } from './options.js';

describe('optionsOf', () => {
  it('takes flags before the environment', () => {
    const env = { RSENT_BENCH_ROUNDS: '3', RSENT_BENCH_ONLY: 'ten', RSENT_TEST_IMAGE: 'redis:7' };
    expect(optionsOf(['--rounds', '2', '--only', 'status,up'], env)).toEqual({
      ...{ rounds: 2, sections: ['up', 'status'], image: 'redis:7', markdown: false },
    });
    expect(optionsOf([], env)).toMatchObject({ rounds: 3, sections: ['ten'] });
  });

  it('tells every problem at once', () => {
    expect(() => optionsOf(['--rounds', '0', '--only', 'up,down'], {})).toThrow(
      /--rounds.*\n.*"down"; legal are up, failover, status, growth, ten\n.*no image/,
    );
  });
});
