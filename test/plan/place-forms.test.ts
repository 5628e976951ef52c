import fc from 'fast-check';
import { NETWORK_FORMS } from '../../src/model/spec.js';
import { addressText, ofKind, type Placement } from '../../src/model/topology.js';
import { type JoinedNetwork, type Layout, place, type Surroundings } from '../../src/plan/place.js';
import { freeAddresses } from '../../src/plan/subnets.js';
import { anId, aSpec } from '../helpers/topology.js';

const FREE: Surroundings = { takenSubnets: [], takenPorts: [] };
const ID = () => anId(1);
const taken = (...list: number[]) => list.map((port) => ({ port, holder: 'someone' }));
const publishedOf = (placement: Placement) =>
  placement.nodes.map(({ published }) => addressText(published));
const addressesOf = (placement: Placement) =>
  placement.nodes.map(({ address }) => addressText(address));

describe.each([
  ['pod', '127.0.0.1'],
  ['announce', '192.168.1.7'],
] as const)('place in the form %s', (form, publish) => {
  const layout: Layout = { form, publish };

  it('has every node known by where it is published', () => {
    const placement = place(aSpec(), layout, FREE, ID);
    expect(addressesOf(placement)).toEqual(
      [6379, 6380, 6381, 26379, 26380, 26381].map((port) => `${publish}:${port}`),
    );
    expect(addressesOf(placement)).toEqual(publishedOf(placement));
  });

  it('steps over taken ports, inside as well as outside', () => {
    const placement = place(aSpec(), layout, { ...FREE, takenPorts: taken(6380, 26379) }, ID);
    expect(addressesOf(placement)).toEqual(
      [6379, 6381, 6382, 26380, 26381, 26382].map((port) => `${publish}:${port}`),
    );
    expect(addressesOf(placement)).toEqual(publishedOf(placement));
  });

  it('has a network of its own all the same', () => {
    expect(place(aSpec(), layout, FREE, ID)).toMatchObject({
      form,
      network: 'lab-net',
      subnet: expect.stringMatching(/^172\.\d+\.\d+\.0\/24$/),
      joined: false,
    });
  });
});

describe('the container of a pod', () => {
  it('has a name in the form pod, and in no other', () => {
    for (const form of NETWORK_FORMS) {
      const placement = place(aSpec(), { form, publish: '127.0.0.1' }, FREE, ID);
      if (form === 'pod') expect(placement.pod).toBe('lab-pod');
      else expect(placement).not.toHaveProperty('pod');
    }
  });
});

describe('place on the network of somebody else', () => {
  const free = ['10.20.30.9', '10.20.30.8', '10.20.30.7', '10.20.30.6', '10.20.30.5', '10.20.30.3'];
  const joined: JoinedNetwork = { name: 'app-net', subnet: '10.20.30.0/28', free };
  const on = (network: JoinedNetwork, around = FREE) =>
    place(aSpec(), { form: 'bridge', publish: '127.0.0.1', joined: network }, around, ID);

  it('gives every node an address there that nobody has, and the usual port', () => {
    expect(addressesOf(on(joined))).toEqual(
      free.map((ip, i) => `${ip}:${i < 3 ? '6379' : '26379'}`),
    );
    expect(publishedOf(on(joined))[5]).toBe('127.0.0.1:26381');
  });

  it('is marked as such, under its own name and subnet, however much is taken around', () => {
    const around = { ...FREE, takenSubnets: ['10.20.30.0/28', '172.16.0.0/12'] };
    expect(on(joined, around)).toMatchObject({
      ...{ form: 'bridge', network: 'app-net', subnet: '10.20.30.0/28', joined: true },
    });
  });

  it('is refused where there is no room for all, saying how much there is', () => {
    const narrow = { ...joined, free: free.slice(1) };
    expect(() => on(narrow)).toThrow(
      expect.objectContaining({
        kind: 'topology',
        message: 'The network app-net has 5 free addresses; 6 are needed.',
      }),
    );
  });
});

describe('place of nodes that are described one by one', () => {
  const nodes = {
    redis: [{ port: 7001, container: 'alpha' }, {}, { directory: 'third' }],
    sentinel: [{}, { port: 7002, container: 'beta', directory: 'five' }],
  };
  const spec = aSpec({ nodes });

  it.each(NETWORK_FORMS)('gives each what is its own, and the rest as usual: %s', (form) => {
    const placement = place(spec, { form, publish: '127.0.0.1' }, FREE, ID);
    const rows = placement.nodes.map((node) => [
      ...[node.name, node.container, node.folder, node.published.port],
    ]);
    expect(rows).toEqual([
      ['redis-1', 'alpha', 'redis-1', 7001],
      ['redis-2', 'lab-redis-2', 'redis-2', 6379],
      ['redis-3', 'lab-redis-3', 'third', 6380],
      ['sentinel-1', 'lab-sentinel-1', 'sentinel-1', 26379],
      ['sentinel-2', 'beta', 'five', 7002],
      ['sentinel-3', 'lab-sentinel-3', 'sentinel-3', 26380],
    ]);
  });

  it('keeps the usual port inside where each has an address of its own', () => {
    const { nodes: placed } = place(spec, { form: 'bridge', publish: '127.0.0.1' }, FREE, ID);
    expect(placed.map(({ address }) => address.port)).toEqual([
      ...[6379, 6379, 6379, 26379, 26379, 26379],
    ]);
  });

  it('leaves the others no port that one of them has', () => {
    const choices = { redis: [{}, { port: 6379 }], sentinel: [{ port: 6380 }] };
    const placement = place(
      aSpec({ nodes: choices }),
      { form: 'pod', publish: '127.0.0.1' },
      FREE,
      ID,
    );
    const ports = ofKind(placement.nodes, 'redis').map(({ published }) => published.port);
    expect(ports).toEqual([6381, 6379, 6382]);
  });

  it('is refused where their ports are taken, naming all of them and their holders', () => {
    const takenPorts = [...taken(7001, 6379), { port: 7002, holder: 'nginx (pid 12)' }];
    const placing = () =>
      place(spec, { form: 'bridge', publish: '127.0.0.1' }, { ...FREE, takenPorts }, ID);
    expect(placing).toThrow(
      expect.objectContaining({
        kind: 'topology',
        message: [
          'Ports that the spec names are taken:',
          '  - port 7001 is held by someone',
          '  - port 7002 is held by nginx (pid 12)',
        ].join('\n'),
      }),
    );
  });
});

describe('any placement', () => {
  const ports = fc.uniqueArray(fc.integer({ min: 1, max: 40_000 }), { maxLength: 12 });
  const world = fc.record({
    form: fc.constantFrom(...NETWORK_FORMS),
    replicas: fc.integer({ min: 0, max: 20 }),
    sentinels: fc.integer({ min: 1, max: 9 }),
    redisFirst: fc.integer({ min: 1, max: 30_000 }),
    sentinelFirst: fc.integer({ min: 1, max: 30_000 }),
    own: ports,
    takenPorts: ports,
    joins: fc.boolean(),
  });

  it('has no port, address, container or directory twice, and none that is taken', () => {
    fc.assert(
      fc.property(world, ({ form, own, joins, takenPorts, ...counts }) => {
        const choices = own.filter((port) => !takenPorts.includes(port)).map((port) => ({ port }));
        const { replicas, sentinels } = counts;
        const spec = aSpec({
          ...{ replicas, sentinels },
          redisPorts: { first: counts.redisFirst, named: false },
          sentinelPorts: { first: counts.sentinelFirst, named: false },
          nodes: {
            redis: choices.slice(0, replicas + 1),
            sentinel: choices.slice(replicas + 1, replicas + 1 + sentinels),
          },
        });
        const used = ['10.1.0.1', '10.1.0.250'];
        const joined = {
          name: 'x',
          subnet: '10.1.0.0/24',
          free: freeAddresses('10.1.0.0/24', used),
        };
        const layout: Layout = {
          ...{ form, publish: '127.0.0.1' },
          ...(joins && form === 'bridge' ? { joined } : {}),
        };
        const around = { takenSubnets: [], takenPorts: taken(...takenPorts) };
        const placement = place(spec, layout, around, ID);
        const { nodes } = placement;
        expect(nodes).toHaveLength(replicas + 1 + sentinels);
        const unique = (values: readonly unknown[]) => new Set(values).size;
        expect(unique(nodes.map(({ published }) => published.port))).toBe(nodes.length);
        expect(unique(addressesOf(placement))).toBe(nodes.length);
        expect(unique(nodes.map(({ container }) => container))).toBe(nodes.length);
        expect(unique(nodes.map(({ folder }) => folder))).toBe(nodes.length);
        expect(nodes.filter(({ published }) => takenPorts.includes(published.port))).toEqual([]);
        expect(nodes.filter(({ address }) => used.includes(address.ip))).toEqual([]);
        if (form === 'bridge') {
          expect(unique(nodes.map(({ address }) => address.ip))).toBe(nodes.length);
        } else {
          expect(addressesOf(placement)).toEqual(publishedOf(placement));
        }
      }),
      { numRuns: 200 },
    );
  });
});
