import { joinedChange, joinedOf, makeAgain } from '../../src/model/joined.js';
import { aRecordIn } from '../helpers/topology.js';

const reach = { clients: 'containers', join: 'apps' } as const;
const NETWORK = { name: 'apps', subnets: ['10.20.0.0/24'], gateway: '10.20.0.1' };

describe('what is somebody else’s', () => {
  it('is nothing where no network was joined', () => {
    expect(joinedOf(aRecordIn('bridge'))).toBeUndefined();
  });

  it('is the network that the nodes live on', () => {
    const record = aRecordIn('bridge', { reach });
    const { subnet } = record.placement;
    const joined = { ...record, placement: { ...record.placement, joined: true } };
    expect(joinedOf(joined)).toEqual({ network: 'apps', subnet });
  });

  it('is the gateway at which they are published', () => {
    const record = aRecordIn('announce', { reach });
    const gateway = record.placement.nodes[0]?.published.ip;
    expect(joinedOf(record)).toEqual({ network: 'apps', gateway });
  });
});

describe('what became of it', () => {
  const on = { network: 'apps', subnet: '10.20.0.0/24' };
  const at = { network: 'apps', gateway: '10.20.0.1' };

  it.each([
    ['nothing, on it', on, [NETWORK], undefined],
    ['nothing, at its gateway', at, [NETWORK], undefined],
    ['it is gone', on, [{ ...NETWORK, name: 'other' }], { kind: 'gone' }],
    ['its gateway is gone', at, [], { kind: 'gone' }],
    [
      'its subnet is another',
      on,
      [{ ...NETWORK, subnets: ['10.21.0.0/24'] }],
      { kind: 'other', was: '10.20.0.0/24', now: '10.21.0.0/24' },
    ],
    [
      'its gateway is another',
      at,
      [{ ...NETWORK, gateway: '10.21.0.1' }],
      { kind: 'other', was: '10.20.0.1', now: '10.21.0.1' },
    ],
    ['nobody tells its gateway', at, [{ name: 'apps', subnets: [] }], undefined],
    ['nobody tells its subnet', on, [{ name: 'apps', subnets: [] }], undefined],
  ])('is seen: %s', (_, joined, networks, change) => {
    expect(joinedChange(joined, networks)).toEqual(change);
  });

  it('can be mended so that fixed addresses are possible where there were some', () => {
    expect(makeAgain(on)).toBe('docker network create --subnet 10.20.0.0/24 apps');
    expect(makeAgain(at)).toBe('docker network create apps');
  });
});
