import { ofKind, type Placement } from '../../src/model/topology.js';
import { place, republish, republishMissing } from '../../src/plan/place.js';
import { anId, aSpec } from '../helpers/topology.js';

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
    const { nodes, network } = place(aSpec(), FREE, ids());
    expect(nodes.map(({ name }) => name)).toEqual([
      'redis-1',
      'redis-2',
      'redis-3',
      'sentinel-1',
      'sentinel-2',
      'sentinel-3',
    ]);
    expect(nodes.map(({ container }) => container)).toContain('lab-redis-1');
    expect(network).toBe('lab-net');
  });

  it('publishes on the loopback address from the first ports on', () => {
    const placement = place(aSpec(), FREE, ids());
    expect(new Set(placement.nodes.map(({ published }) => published.ip))).toEqual(
      new Set(['127.0.0.1']),
    );
    expect(ports(placement, 'redis')).toEqual([6379, 6380, 6381]);
    expect(ports(placement, 'sentinel')).toEqual([26379, 26380, 26381]);
  });

  it('gives an id to each Sentinel, a different one, and none to a data node', () => {
    const { nodes } = place(aSpec({ sentinels: 5 }), FREE, ids());
    const sentinels = ofKind(nodes, 'sentinel').map(({ sentinelId }) => sentinelId);
    expect(new Set(sentinels).size).toBe(5);
    expect(ofKind(nodes, 'redis').every((node) => !('sentinelId' in node))).toBe(true);
  });

  it('gives every node an address of its own in the subnet, at the largest size too', () => {
    const spec = aSpec({ replicas: 120, sentinels: 49 });
    const { nodes, subnet } = place(spec, FREE, ids());
    const prefix = subnet.replace(/0\/24$/, '');
    expect(new Set(nodes.map(({ address }) => address.ip)).size).toBe(170);
    expect(nodes.every(({ address }) => address.ip.startsWith(prefix))).toBe(true);
    expect(nodes.some(({ address }) => /\.(0|1|255)$/.test(address.ip))).toBe(false);
    expect(new Set(nodes.map(({ published }) => published.port)).size).toBe(170);
  });

  it('steps over taken ports and subnets', () => {
    const before = place(aSpec(), FREE, ids());
    const around = { takenSubnets: [before.subnet], takenPorts: taken(6379, 26380) };
    const after = place(aSpec(), around, ids());
    expect(after.subnet).not.toBe(before.subnet);
    expect(ports(after, 'redis')).toEqual([6380, 6381, 6382]);
    expect(ports(after, 'sentinel')).toEqual([26379, 26381, 26382]);
  });

  it('never publishes a Sentinel on a port that a data node was moved to', () => {
    const spec = aSpec({
      redisPorts: { first: 7000, named: false },
      sentinelPorts: { first: 7003, named: false },
    });
    const placement = place(spec, { ...FREE, takenPorts: taken(7001) }, ids());
    expect(ports(placement, 'redis')).toEqual([7000, 7002, 7003]);
    expect(ports(placement, 'sentinel')).toEqual([7004, 7005, 7006]);
  });
});

describe('republish', () => {
  const placement = place(aSpec(), FREE, ids());

  it('changes nothing while all ports are free', () => {
    expect(republish(aSpec(), placement, taken(7000))).toEqual(placement);
  });

  it('moves published ports only: addresses, names and ids stay', () => {
    const moved = republish(aSpec(), placement, taken(6380));
    expect(ports(moved, 'redis')).toEqual([6379, 6381, 6382]);
    const unpublished = ({ nodes, ...rest }: Placement) => ({
      ...rest,
      nodes: nodes.map(({ published, ...node }) => node),
    });
    expect(unpublished(moved)).toEqual(unpublished(placement));
    expect(ports(moved, 'sentinel')).toEqual(ports(placement, 'sentinel'));
  });

  it('leaves the placement that it was given as it is', () => {
    const copy = structuredClone(placement);
    republish(aSpec(), placement, taken(6379, 26379));
    expect(placement).toEqual(copy);
  });

  it('refuses to move a port that the user named', () => {
    const spec = aSpec({ redisPorts: { first: 6379, named: true } });
    expect(() => republish(spec, placement, taken(6380))).toThrow(/port 6380 is held by someone/);
  });
});

describe('republishMissing', () => {
  const placement = place(aSpec(), FREE, ids());
  const without = (...gone: string[]) =>
    new Set(placement.nodes.map(({ name }) => name).filter((name) => !gone.includes(name)));

  it('moves only a node that is gone, and only when its port is taken', () => {
    const moved = republishMissing(aSpec(), placement, taken(6379, 6381), without('redis-3'));
    expect(ports(moved, 'redis')).toEqual([6379, 6380, 6382]);
    expect(ports(moved, 'sentinel')).toEqual(ports(placement, 'sentinel'));
    expect(republishMissing(aSpec(), placement, taken(7000), without('redis-3'))).toEqual(
      placement,
    );
    expect(republishMissing(aSpec(), placement, taken(6381), without())).toEqual(placement);
  });

  it('gives two nodes two ports', () => {
    const gone = without('redis-2', 'redis-3', 'sentinel-1');
    const moved = republishMissing(aSpec(), placement, taken(6380, 6381, 26379), gone);
    expect(ports(moved, 'redis')).toEqual([6379, 6382, 6383]);
    expect(ports(moved, 'sentinel')).toEqual([26382, 26380, 26381]);
  });

  it('refuses to move a port that the user named, naming who holds it', () => {
    const spec = aSpec({ redisPorts: { first: 6379, named: true } });
    expect(() => republishMissing(spec, placement, taken(6381), without('redis-3'))).toThrow(
      /port 6381 is held by someone/,
    );
  });
});
