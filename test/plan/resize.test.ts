import fc from 'fast-check';
import { NETWORK_FORMS } from '../../src/model/spec.js';
import { addressText, type Placement } from '../../src/model/topology.js';
import { joiningIn, resize } from '../../src/plan/resize.js';
import { anId, aRecordIn, aSpec } from '../helpers/topology.js';

const room = { takenPorts: [], free: [], sentinelId: (name: string) => anId(Number(name.at(-1))) };
const counts = fc.record({ replicas: fc.nat(7), sentinels: fc.integer({ min: 1, max: 9 }) });
const texts = ({ nodes }: Placement, what: 'address' | 'published') =>
  nodes.map((node) => addressText(node[what]));

describe.each(NETWORK_FORMS)('a placement of another size: %s', (form) => {
  const { placement } = aRecordIn(form);

  it('keeps those that stay as they are, and gives each its own address and port', () => {
    fc.assert(
      fc.property(counts, (asked) => {
        const { placement: other, joining, leaving } = resize(aSpec(asked), placement, room);
        expect(other.nodes).toHaveLength(asked.replicas + 1 + asked.sentinels);
        for (const what of ['address', 'published'] as const)
          expect(new Set(texts(other, what)).size).toBe(other.nodes.length);
        const left = new Set(leaving.map(({ name }) => name));
        const stayed = placement.nodes.filter(({ name }) => !left.has(name));
        expect(other.nodes.filter(({ name }) => !joining.includes(name))).toEqual(stayed);
      }),
    );
  });

  it('comes back to what it was for those that stayed all the time', () => {
    fc.assert(
      fc.property(counts, (asked) => {
        const { placement: there, leaving } = resize(aSpec(asked), placement, room);
        const back = resize(aSpec(), there, room);
        expect(back.joining).toHaveLength(leaving.length);
        const stayed = back.placement.nodes.filter(({ name }) => !back.joining.includes(name));
        for (const node of stayed) expect(placement.nodes).toContainEqual(node);
        expect(new Set(texts(back.placement, 'published')).size).toBe(6);
      }),
    );
  });
});

describe('who joins and who leaves', () => {
  const { placement } = aRecordIn('bridge');

  it('the last ones leave, last one first', () => {
    const { leaving } = resize(aSpec({ replicas: 0, sentinels: 1 }), placement, room);
    const names = ['sentinel-3', 'sentinel-2', 'redis-3', 'redis-2'];
    expect(leaving.map(({ name }) => name)).toEqual(names);
  });

  it('nobody, where nothing changes', () => {
    expect(resize(aSpec(), placement, room)).toEqual({ placement, joining: [], leaving: [] });
  });

  it('none of them takes a port that somebody else has', () => {
    const takenPorts = [6382, 6383].map((port) => ({ port, holder: 'x' }));
    const { placement: other } = resize(aSpec({ replicas: 4 }), placement, { ...room, takenPorts });
    expect(other.nodes.slice(3, 5).map(({ published }) => published.port)).toEqual([6384, 6385]);
  });

  it('on the network of somebody else they get free addresses, while there are any', () => {
    const joined = { ...placement, joined: true };
    const free = ['172.30.5.99'];
    const one = resize(aSpec({ replicas: 3 }), joined, { ...room, free });
    expect(one.placement.nodes[3]?.address.ip).toBe('172.30.5.99');
    expect(() => resize(aSpec({ replicas: 4 }), joined, { ...room, free })).toThrow(
      'has no free address left',
    );
  });

  it('in a pod all is made anew, as it gets no further ports', () => {
    expect(joiningIn(placement, ['redis-4'])).toEqual({ joining: ['redis-4'] });
    const pod = aRecordIn('pod').placement;
    expect(joiningIn(pod, ['redis-4'])).toEqual({ joining: ['redis-4'], remaking: true });
  });
});
