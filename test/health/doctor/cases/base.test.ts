import { Base, MASTER, REDIS, SENTINELS } from './base.js';

describe('the deployment that the cases bend', () => {
  it('has one finding', () => {
    const [only, ...rest] = new Base().diagnoses();
    expect(only).toMatchObject({
      code: 'no-write-guard',
      subject: expect.stringContaining(MASTER),
    });
    expect(rest).toEqual([]);
  });

  it('has everyone who takes part', () => {
    const { servers } = new Base().examination();
    expect(servers.map(({ name }) => name.split(' ')[1]).sort()).toEqual(
      [...REDIS, ...SENTINELS].sort(),
    );
  });
});
