import { isWhole, type View } from './quorum.js';

const replica = { flags: 'slave', 'master-link-status': 'ok' };
const whole: View = {
  master: { flags: 'master' },
  replicas: [replica, replica],
  others: [{ flags: 'sentinel' }, { flags: 'sentinel' }],
  quorum: 'OK 3 usable Sentinels. Quorum and failover authorization can be reached',
};

describe('isWhole', () => {
  it('is true when all are known, connected and in sync', () => {
    expect(isWhole(whole)).toBe(true);
  });

  it.each<[string, Partial<View>]>([
    ['a replica is not known', { replicas: [replica] }],
    ['a Sentinel is not known', { others: [{ flags: 'sentinel' }] }],
    ['the master is not connected', { master: { flags: 'master,disconnected' } }],
    ['a replica is down', { replicas: [replica, { ...replica, flags: 's_down,slave' }] }],
    [
      'a replica is not in sync',
      { replicas: [replica, { ...replica, 'master-link-status': 'err' }] },
    ],
    ['two Sentinels can be used', { quorum: 'OK 2 usable Sentinels.' }],
  ])('is false when %s', (_, changes) => {
    expect(isWhole({ ...whole, ...changes })).toBe(false);
  });
});
