import type { NodeChoices } from '../../src/model/spec.js';
import { ofKind, type Placement } from '../../src/model/topology.js';
import { type Layout, place } from '../../src/plan/place.js';
import { republish, republishMissing } from '../../src/plan/republish.js';
import { anId, aRecordIn, aSpec } from '../helpers/topology.js';

const BRIDGE: Layout = { form: 'bridge', publish: '127.0.0.1' };
const FREE = { takenSubnets: [], takenPorts: [] };

function ids(): () => string {
  let last = 0;
  return () => anId(++last % 16);
}

const ports = (placement: Placement, kind: 'redis' | 'sentinel') =>
  ofKind(placement.nodes, kind).map(({ published }) => published.port);
const taken = (...list: number[]) => list.map((port) => ({ port, holder: 'someone' }));

describe('republish', () => {
  const placement = place(aSpec(), BRIDGE, FREE, ids());

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
  const placement = place(aSpec(), BRIDGE, FREE, ids());
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

describe.each(['pod', 'announce'] as const)('in the form %s', (form) => {
  const { spec, placement } = aRecordIn(form);
  const { ip } = placement.nodes[0]?.address ?? { ip: '' };
  const all = new Set(placement.nodes.map(({ name }) => name));
  const without = (...gone: string[]) => new Set([...all].filter((name) => !gone.includes(name)));

  it('nothing changes while all ports are free', () => {
    expect(republish(spec, placement, taken(7000))).toEqual(placement);
    expect(republishMissing(spec, placement, taken(7000), without('redis-2'))).toEqual(placement);
  });

  it('a taken port is refused, as the confs know it: every node of it, and who holds the port', () => {
    const holders = [...taken(6380), { port: 26381, holder: 'nginx (pid 12)' }];
    const fixed = expect.objectContaining({
      kind: 'topology',
      message: [
        'Ports of the topology are taken:',
        `  - redis-2 lives at ${ip}:6380, which is held by someone`,
        `  - sentinel-3 lives at ${ip}:26381, which is held by nginx (pid 12)`,
      ].join('\n'),
      hint: expect.stringContaining('Free them'),
    });
    expect(() => republish(spec, placement, holders)).toThrow(fixed);
    const gone = without('redis-2', 'sentinel-3');
    expect(() => republishMissing(spec, placement, holders, gone)).toThrow(fixed);
  });

  it('the port of a node that runs is its own', () => {
    const running = without('redis-3');
    expect(republishMissing(spec, placement, taken(6380), running)).toEqual(placement);
    expect(() => republishMissing(spec, placement, taken(6380, 6381), running)).toThrow(
      /^Ports of the topology are taken:\n {2}- redis-3 lives at \S+:6381, which is held by someone$/,
    );
  });
});

describe('a port that the user gave a node', () => {
  const nodes: NodeChoices = { redis: [{}, { port: 7777 }], sentinel: [{ port: 7778 }] };
  const spec = aSpec({ nodes });
  const placement = place(spec, BRIDGE, FREE, ids());

  it('stays where others move', () => {
    const moved = republish(spec, placement, taken(6379));
    expect(ports(moved, 'redis')).toEqual([6380, 7777, 6381]);
    expect(ports(moved, 'sentinel')).toEqual([7778, 26379, 26380]);
  });

  it('is refused when it is taken: republish', () => {
    expect(() => republish(spec, placement, taken(7777))).toThrow(
      'redis-2 lives at 127.0.0.1:7777, which is held by someone',
    );
  });

  it('is refused when it is taken while others run', () => {
    const running = new Set(['redis-1', 'redis-3']);
    expect(() => republishMissing(spec, placement, taken(7777), running)).toThrow(
      'redis-2 lives at 127.0.0.1:7777',
    );
  });
});
