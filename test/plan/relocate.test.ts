import fc from 'fast-check';
import { addressText, type Placement } from '../../src/model/topology.js';
import {
  chained,
  currentAddress,
  movesBetween,
  toFree,
  toPorts,
  toSubnet,
} from '../../src/plan/relocate.js';
import { addressIn, freeAddresses, overlaps } from '../../src/plan/subnets.js';
import { aRecordIn, aSpec } from '../helpers/topology.js';

const bridge = aRecordIn('bridge').placement;
const texts = ({ nodes }: Placement) => nodes.map(({ address }) => addressText(address));
const same = ({ nodes }: Placement) => nodes.map(({ address: _, published: __, ...rest }) => rest);

function expectMoved(before: Placement, after: Placement): void {
  expect(same(after)).toEqual(same(before));
  expect(new Set(texts(after)).size).toBe(after.nodes.length);
}

describe('a placement that moves', () => {
  it('to another subnet: each at its place, none at an old address', () => {
    const { placement, moves } = toSubnet(bridge, '172.31.7.0/24');
    expectMoved(bridge, placement);
    expect(placement.subnet).toBe('172.31.7.0/24');
    expect(texts(placement)).toEqual(
      texts(bridge).map((text) => text.replace('172.30.5.', '172.31.7.')),
    );
    expect(moves.map(({ from }) => addressText(from))).toEqual(texts(bridge));
    expect(placement.nodes.map(({ published }) => published)).toEqual(
      bridge.nodes.map(({ published }) => published),
    );
  });

  it.each(['pod', 'announce'] as const)(
    'to another subnet in the form %s: only the network',
    (form) => {
      const { placement } = aRecordIn(form);
      const relocated = toSubnet(placement, '172.31.7.0/24');
      expect(relocated).toEqual({
        placement: { ...placement, subnet: '172.31.7.0/24' },
        moves: [],
      });
    },
  );

  it('to free addresses: none that it had, or that is to be avoided', () => {
    const free = freeAddresses('172.30.5.0/24', []);
    const avoid = free.slice(0, 3);
    const { placement, moves } = toFree(bridge, '172.30.5.0/24', free, avoid);
    expectMoved(bridge, placement);
    const ips = placement.nodes.map(({ address }) => address.ip);
    for (const ip of [...avoid, ...bridge.nodes.map(({ address }) => address.ip)])
      expect(ips).not.toContain(ip);
    expect(moves).toHaveLength(6);
  });

  it('is refused where there are too few addresses, its own not counted', () => {
    const own = bridge.nodes.map(({ address }) => address.ip);
    const few = [...own, '172.30.5.20'];
    expect(() => toFree(bridge, '172.30.5.0/24', few, [])).toThrow('has 1 free addresses; 6 are');
  });

  it('from ports that others have: only those nodes, to ports that nobody has or had', () => {
    const { placement, spec } = aRecordIn('announce');
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 6375, max: 6400 })),
        fc.uniqueArray(fc.integer({ min: 6375, max: 6400 })),
        (taken, avoid) => {
          const holders = taken.map((port) => ({ port, holder: 'x' }));
          const { placement: after, moves } = toPorts(spec, placement, holders, avoid);
          expectMoved(placement, after);
          after.nodes.forEach((node, i) => {
            const before = placement.nodes[i];
            expect(node.address).toEqual(node.published);
            if (before && !taken.includes(before.published.port)) expect(node).toEqual(before);
            else expect([...taken, ...avoid]).not.toContain(node.address.port);
          });
          const old = texts(placement);
          for (const { to } of moves) expect(old).not.toContain(addressText(to));
        },
      ),
    );
  });

  it('does not leave ports that the user named', () => {
    const { placement } = aRecordIn('announce');
    const spec = aSpec({ redisPorts: { first: 6379, named: true } });
    const taken = [{ port: 6380, holder: 'somebody' }];
    expect(() => toPorts(spec, placement, taken, [])).toThrow(
      'redis-2 lives at 192.168.1.7:6380, which is held by somebody',
    );
  });
});

describe('moves', () => {
  const at = (port: number) => ({ ip: '127.0.0.1', port });
  it('chained lead from any earlier place to the last one', () => {
    const hops = fc.array(fc.uniqueArray(fc.nat(3), { minLength: 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(hops, (rounds) => {
        let port = 100;
        const here = [at(1), at(2), at(3), at(4)];
        const past = here.map((each) => [each]);
        let moves: ReturnType<typeof chained> = [];
        for (const who of rounds) {
          const now = who.map((i) => {
            const [from, to] = [here[i] ?? at(0), at(port++)];
            here[i] = to;
            past[i]?.push(to);
            return { from, to };
          });
          moves = chained(moves, now);
        }
        past.forEach((places, i) => {
          for (const each of places) expect(currentAddress(each, moves)).toEqual(here[i]);
        });
      }),
    );
  });

  it('between placements are refused where a node would get the place of another, past or present', () => {
    const { placement } = aRecordIn('pod');
    const shifted = (by: number): Placement => ({
      ...placement,
      nodes: placement.nodes.map((node) => ({
        ...node,
        address: { ...node.address, port: node.address.port + by },
      })),
    });
    expect(movesBetween(placement, placement, [])).toEqual([]);
    expect(() => movesBetween(placement, shifted(1), [])).toThrow('is the address of another node');
    const earlier = movesBetween(placement, shifted(100), []);
    expect(() => movesBetween(shifted(100), shifted(1), earlier)).toThrow('another node');
    // Each back to its own place is no clash.
    expect(movesBetween(shifted(100), placement, earlier)).toHaveLength(6);
  });
});

describe('overlaps', () => {
  it.each([
    ['172.30.5.0/24', ['172.30.5.0/24'], true],
    ['172.30.5.0/24', ['172.30.0.0/16'], true],
    ['172.30.0.0/16', ['172.30.5.7/32'], true],
    ['172.30.5.0/24', ['172.30.4.0/24', '172.30.6.0/24'], false],
    ['172.30.5.0/25', ['172.30.5.128/25'], false],
    ['172.30.5.0/24', ['0.0.0.0/0', 'fd00::/8', ''], false],
    ['fd00::/64', ['172.30.5.0/24'], false],
  ])('%s and %j: %s', (subnet, taken, is) => {
    expect(overlaps(subnet, taken)).toBe(is);
  });

  it('is so just when they share an address', () => {
    const cidr = fc.tuple(fc.nat(3), fc.nat(255), fc.integer({ min: 23, max: 32 }));
    const text = ([third, fourth, bits]: [number, number, number]) =>
      `10.0.${third}.${fourth}/${bits}`;
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        const set = new Set(allIn(a));
        expect(overlaps(text(a), [text(b)])).toBe(allIn(b).some((n) => set.has(n)));
      }),
      { numRuns: 50 },
    );
  });
});

function allIn([third, fourth, bits]: [number, number, number]): number[] {
  const size = 2 ** (32 - bits);
  const first = Math.floor((third * 256 + fourth) / size) * size;
  return Array.from({ length: size }, (_, i) => first + i);
}

it('addressIn counts from the network’s own address', () => {
  expect(addressIn('10.0.0.0/24', 11)).toBe('10.0.0.11');
});
