import { observedOf } from '../../src/model/observation.js';
import { addressText, majorityOf, ofKind, sameAddress } from '../../src/model/topology.js';
import { healthyObservation } from '../helpers/observation.js';
import { aRecord } from '../helpers/topology.js';

describe('majorityOf', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [49, 25],
  ])('of %d is %d', (count, majority) => {
    expect(majorityOf(count)).toBe(majority);
  });
});

describe('addresses', () => {
  const address = { ip: '1.2.3.4', port: 6379 };

  it('are written as Redis writes them', () => {
    expect(addressText(address)).toBe('1.2.3.4:6379');
  });

  it('are the same when both ip and port are', () => {
    expect(sameAddress(address, { ...address })).toBe(true);
    expect(sameAddress(address, { ...address, port: 6380 })).toBe(false);
    expect(sameAddress(address, { ...address, ip: '1.2.3.5' })).toBe(false);
  });
});

describe('one kind of node', () => {
  it('is picked out in order', () => {
    const { nodes } = aRecord().placement;
    expect(ofKind(nodes, 'redis').map(({ name }) => name)).toEqual([
      'redis-1',
      'redis-2',
      'redis-3',
    ]);
    expect(observedOf(healthyObservation(), 'sentinel').map(({ name }) => name)).toEqual([
      'sentinel-1',
      'sentinel-2',
      'sentinel-3',
    ]);
  });
});
