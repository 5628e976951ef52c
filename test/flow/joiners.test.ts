import { seatJoiners } from '../../src/flow/joiners.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { aNetwork, anEngine } from '../helpers/engine.js';
import { aRecord } from '../helpers/topology.js';

const base = aRecord();
const [first, second] = base.placement.nodes;
const placement = { ...base.placement, joined: true };
const joining: TopologyRecord = { ...base, placement, unfinished: { joining: ['redis-2'] } };

/** The addresses of the nodes, on a network where somebody else has these. */
async function seated(record: TopologyRecord, held: readonly string[], present: string[] = []) {
  const subnets = ['172.30.5.0/24'];
  const engine = anEngine({
    networks: async () => [aNetwork({ name: 'lab-net', subnets, gateway: '172.30.5.254' })],
    usedAddresses: async () => [...held],
  });
  const { placement: now } = await seatJoiners({ engine }, record, new Set(present), []);
  return now.nodes.map(({ address }) => address.ip);
}

const before = base.placement.nodes.map(({ address }) => address.ip);
const taken = [second?.address.ip ?? ''];

describe('a node that joins', () => {
  it('keeps an address that is free', async () => {
    expect(await seated(joining, [])).toEqual(before);
  });

  it('gets another one where somebody has it by now, also after an earlier run failed', async () => {
    const [one, two, ...rest] = await seated(joining, taken);
    expect(two).toBe('172.30.5.253');
    expect([one, ...rest]).toEqual(before.filter((ip) => ip !== taken[0]));
  });

  it.each<[string, TopologyRecord, string[]]>([
    ['it runs: the address is its own', joining, ['redis-2']],
    ['another one has joined before', { ...base, placement }, []],
    ['the network is the topology’s own', { ...joining, placement: base.placement }, []],
  ])('stays where it is when %s', async (_, record, present) => {
    expect(await seated(record, taken, present)).toEqual(before);
  });

  it('finds no place where there is none', async () => {
    const all = Array.from({ length: 254 }, (_, n) => `172.30.5.${n + 1}`);
    const full = all.filter((ip) => ip !== first?.address.ip);
    await expect(seated(joining, full)).rejects.toThrow('no free address left');
  });
});
