import { addressIn, chooseSubnet, freeAddresses } from '../../src/plan/subnets.js';

/** The number of a /24 within 172.28.0.0/14, to be freed or taken by name. */
function subnetNumber(subnet: string): number {
  const [, second = 0, third = 0] = subnet.split(/[./]/).map(Number);
  return (second - 28) * 256 + third;
}

function subnetAt(number: number): string {
  return `172.${28 + Math.floor(number / 256)}.${number % 256}.0/24`;
}

const ALL = Array.from({ length: 1024 }, (_, i) => subnetAt(i));

describe('chooseSubnet', () => {
  it('gives one topology the same subnet each time, within the pool', () => {
    const subnet = chooseSubnet([], 'lab');
    expect(ALL).toContain(subnet);
    expect(chooseSubnet([], 'lab')).toBe(subnet);
  });

  it('spreads names, so that two at once rarely meet', () => {
    const names = Array.from({ length: 50 }, (_, i) => `topology-${i}`);
    expect(new Set(names.map((name) => chooseSubnet([], name))).size).toBeGreaterThan(40);
  });

  const first = chooseSubnet([], 'lab');
  const next = subnetAt((subnetNumber(first) + 1) % 1024);

  it.each<[string, string]>([
    ['the subnet itself', first],
    ['a part of it', first.replace('.0/24', '.128/25')],
    ['a single host in it', first.replace('.0/24', '.77/32')],
    ['an interface address in it', first.replace('.0/24', '.1/24')],
  ])('steps over a subnet that is taken by %s', (_, taken) => {
    expect(chooseSubnet([taken], 'lab')).toBe(next);
  });

  it('steps over all that a wider route covers', () => {
    const taken = ['172.28.0.0/15', '172.30.0.0/16'];
    expect(chooseSubnet(taken, 'lab')).toMatch(/^172\.31\./);
  });

  it.each<[string, string]>([
    ['the default route', '0.0.0.0/0'],
    ['half of the default route', '128.0.0.0/1'],
    ['a route wider than any private network', '172.0.0.0/7'],
    ['a network elsewhere', '10.0.0.0/8'],
    ['the one just below the pool', '172.27.255.0/24'],
    ['the one just above the pool', '172.32.0.0/24'],
    ['an IPv6 network', 'fd00::/8'],
    ['a word', 'bridge'],
  ])('is not moved by %s', (_, taken) => {
    expect(chooseSubnet([taken], 'lab')).toBe(first);
  });

  it('finds the one that is left, wherever the walk starts', () => {
    for (const left of ['172.28.0.0/24', '172.31.255.0/24']) {
      expect(
        chooseSubnet(
          ALL.filter((subnet) => subnet !== left),
          'lab',
        ),
      ).toBe(left);
    }
  });

  it.each([
    [['172.16.0.0/12'], /^10\.19[2-5]\.\d+\.0\/24$/],
    [['172.16.0.0/12', '10.0.0.0/8'], /^192\.168\.(1[3-9]|2|12[89])\d*\.0\/24$/],
    [ALL, /^10\.19[2-5]\.\d+\.0\/24$/],
  ])('goes to another private range when all of the first one is taken', (taken, subnet) => {
    expect(chooseSubnet(taken, 'lab')).toMatch(subnet);
  });

  it('takes it from the pools that the engine was given, and from no other', () => {
    const pools = [{ base: '10.200.0.0/24' }, { base: '10.201.0.0/23' }];
    const all = ['10.200.0.0/24', '10.201.0.0/24', '10.201.1.0/24'];
    expect(all).toContain(chooseSubnet([], 'lab', pools));
    expect(chooseSubnet([all[0] ?? '', all[2] ?? ''], 'lab', pools)).toBe(all[1]);
    expect(() => chooseSubnet(all, 'lab', pools)).toThrow('default-address-pools');
  });

  it.each(['10.200.0.0/25', 'fd00::/64', 'x'])('knows a pool that is of no use: %s', (base) => {
    expect(chooseSubnet([], 'lab', [{ base }, { base: '10.7.0.0/24' }])).toBe('10.7.0.0/24');
  });

  it('names what is in the way when none is left, and what to do', () => {
    const taken = ['172.16.0.0/12', '10.0.0.0/8', '192.168.0.0/16', '100.64.0.0/10', '10.1.2.0/24'];
    expect(() => chooseSubnet(taken, 'lab')).toThrow(
      expect.objectContaining({
        kind: 'topology',
        message: expect.stringContaining('have 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16.'),
        hint: expect.stringContaining('docker network create --subnet'),
      }),
    );
  });
});

describe('addressIn', () => {
  it('counts from the network’s own address', () => {
    expect(addressIn('172.30.5.0/24', 0)).toBe('172.30.5.0');
    expect(addressIn('172.30.5.0/24', 11)).toBe('172.30.5.11');
    expect(addressIn('172.30.0.0/16', 300)).toBe('172.30.1.44');
  });

  it.each([
    ['past the end', '172.30.5.0/24', 256],
    ['in what is no subnet', '172.30.5.0', 1],
  ])('refuses an address %s', (_, subnet, n) => {
    expect(() => addressIn(subnet, n)).toThrow(expect.objectContaining({ kind: 'bug' }));
  });
});

describe('freeAddresses', () => {
  it('gives the last ones first, never that of the network nor that of broadcasts', () => {
    expect(freeAddresses('10.1.2.8/29', [])).toEqual(
      [14, 13, 12, 11, 10, 9].map((host) => `10.1.2.${host}`),
    );
  });

  it('leaves out those that somebody has', () => {
    expect(freeAddresses('10.1.2.8/29', ['10.1.2.14', '10.1.2.9', '10.9.9.9'])).toEqual(
      [13, 12, 11, 10].map((host) => `10.1.2.${host}`),
    );
  });

  it.each<[string, readonly string[]]>([
    ['10.1.2.8/30', ['10.1.2.10', '10.1.2.9']],
    ['10.1.2.8/31', []],
    ['10.1.2.8/32', []],
    ['0.0.0.0/0', []],
    ['fd00::/64', []],
    ['', []],
  ])('of %s are %j', (subnet, free) => {
    expect(freeAddresses(subnet, [])).toEqual(free);
  });

  it('counts from the whole subnet, whichever of its addresses names it', () => {
    expect(freeAddresses('10.1.2.13/29', [])).toEqual(freeAddresses('10.1.2.8/29', []));
  });

  it('is enough for the largest topology, and no more, in the widest subnet', () => {
    const free = freeAddresses('10.0.0.0/8', ['10.255.255.254']);
    expect(free[0]).toBe('10.255.255.253');
    expect(new Set(free).size).toBe(200);
  });
});
