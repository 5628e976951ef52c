import { ofKind, type Placement } from '../../src/model/topology.js';
import { type Layout, place } from '../../src/plan/place.js';
import { anId, aSpec } from '../helpers/topology.js';

const BRIDGE: Layout = { form: 'bridge', publish: '127.0.0.1' };
const FREE = { takenSubnets: [], takenPorts: [] };

function ids(): () => string {
  let last = 0;
  return () => anId(++last % 16);
}

const ports = (placement: Placement, kind: 'redis' | 'sentinel') =>
  ofKind(placement.nodes, kind).map(({ published }) => published.port);
const taken = (...list: number[]) => list.map((port) => ({ port, holder: 'someone' }));

describe('place', () => {
  it('puts data nodes first, then Sentinels, numbered from 1', () => {
    const { nodes, network } = place(aSpec(), BRIDGE, FREE, ids());
    expect(nodes.map(({ name }) => name)).toEqual([
      'redis-1',
      'redis-2',
      'redis-3',
      'sentinel-1',
      'sentinel-2',
      'sentinel-3',
    ]);
    expect(nodes.map(({ container }) => container)).toContain('lab-redis-1');
    expect(nodes.map(({ folder }) => folder)).toEqual(nodes.map(({ name }) => name));
    expect(network).toBe('lab-net');
  });

  it('publishes on the loopback address from the first ports on', () => {
    const placement = place(aSpec(), BRIDGE, FREE, ids());
    expect(new Set(placement.nodes.map(({ published }) => published.ip))).toEqual(
      new Set(['127.0.0.1']),
    );
    expect(ports(placement, 'redis')).toEqual([6379, 6380, 6381]);
    expect(ports(placement, 'sentinel')).toEqual([26379, 26380, 26381]);
  });

  it('gives an id to each Sentinel, a different one, and none to a data node', () => {
    const { nodes } = place(aSpec({ sentinels: 5 }), BRIDGE, FREE, ids());
    const sentinels = ofKind(nodes, 'sentinel').map(({ sentinelId }) => sentinelId);
    expect(new Set(sentinels).size).toBe(5);
    expect(ofKind(nodes, 'redis').every((node) => !('sentinelId' in node))).toBe(true);
  });

  it('gives every node an address of its own in the subnet, at the largest size too', () => {
    const spec = aSpec({ replicas: 120, sentinels: 49 });
    const { nodes, subnet } = place(spec, BRIDGE, FREE, ids());
    const prefix = subnet.replace(/0\/24$/, '');
    expect(new Set(nodes.map(({ address }) => address.ip)).size).toBe(170);
    expect(nodes.every(({ address }) => address.ip.startsWith(prefix))).toBe(true);
    expect(nodes.some(({ address }) => /\.(0|1|255)$/.test(address.ip))).toBe(false);
    expect(new Set(nodes.map(({ published }) => published.port)).size).toBe(170);
  });

  it('steps over taken ports and subnets', () => {
    const before = place(aSpec(), BRIDGE, FREE, ids());
    const around = { takenSubnets: [before.subnet], takenPorts: taken(6379, 26380) };
    const after = place(aSpec(), BRIDGE, around, ids());
    expect(after.subnet).not.toBe(before.subnet);
    expect(ports(after, 'redis')).toEqual([6380, 6381, 6382]);
    expect(ports(after, 'sentinel')).toEqual([26379, 26381, 26382]);
  });

  it('never publishes a Sentinel on a port that a data node was moved to', () => {
    const spec = aSpec({
      redisPorts: { first: 7000, named: false },
      sentinelPorts: { first: 7003, named: false },
    });
    const placement = place(spec, BRIDGE, { ...FREE, takenPorts: taken(7001) }, ids());
    expect(ports(placement, 'redis')).toEqual([7000, 7002, 7003]);
    expect(ports(placement, 'sentinel')).toEqual([7004, 7005, 7006]);
  });
});
