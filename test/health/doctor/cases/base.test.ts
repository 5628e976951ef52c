import { Base, hello, MASTER, REDIS, REPLICAS, SENTINELS } from './base.js';
import { idOf, refused, splitAddress } from './replies.js';

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

  it('is bent by server and question', () => {
    const base = new Base()
      .info(REPLICAS[0], { slave_priority: 0 })
      .info(REPLICAS[1], { slave_priority: 0 });
    expect(base.codes()).toContain('no-eligible-replica');
    const mute = new Base().reply(MASTER, 'info', refused('BUSY'));
    expect(mute.visits()[0]).toMatchObject({ kind: 'silent', why: 'BUSY' });
    const twin = '10.9.8.24:26379';
    const taken = new Base();
    taken.hellos.push(hello(SENTINELS[0], idOf('a')), hello(twin, idOf('a')));
    expect(taken.codes()).toContain('duplicate-sentinel-id');
    expect(splitAddress('[fd00::1]:6379')).toEqual({ ip: 'fd00::1', port: 6379 });
  });
});
