import { claimPlace } from '../../src/flow/claim-place.js';
import type { Avoid } from '../../src/flow/place-again.js';
import { placeRecord } from '../../src/flow/placing.js';
import { Claims } from '../../src/host/claims.js';
import { RsentError } from '../../src/model/errors.js';
import type { RunningNode, RunningTopology, TopologyRecord } from '../../src/model/topology.js';
import { aContext, aNetwork, anEngine, anEngineAt } from '../helpers/engine.js';
import { aSecurity } from '../helpers/security.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, aSpec } from '../helpers/topology.js';

const path = useTempDir();
const nobody: RunningTopology = { name: 'lab', nodes: [] };

const open: Claims[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.release();
});

/** An rsent at work: where it puts a topology, and what it steps around. */
class Other {
  readonly claims = new Claims();
  readonly avoid: Avoid = { subnets: [], ports: [], shown: {} };

  constructor() {
    open.push(this.claims);
  }

  /** A new topology. */
  async place(
    name: string,
    engine = anEngineAt('192.0.2.7'),
    changes = {},
  ): Promise<TopologyRecord> {
    const spec = aSpec({ name, security: aSecurity({ auth: true }), ...changes });
    const choose = () => placeRecord(aContext(engine, path()), spec, undefined, nobody, this.avoid);
    return (await claimPlace(engine, nobody, this.claims, this.avoid, choose)).record;
  }
}

const portsOf = ({ placement }: TopologyRecord) =>
  placement.nodes.map(({ published }) => published.port);

describe('claimPlace', () => {
  it('gives many that begin in the same moment ports and subnets of their own', async () => {
    const placed = await Promise.all(
      Array.from({ length: 10 }, (_, nth) => new Other().place(`lab-${nth}`)),
    );
    expect(new Set(placed.flatMap(portsOf)).size).toBe(60);
    expect(new Set(placed.map(({ placement }) => placement.subnet)).size).toBe(10);
  });

  it('gives the first free ports to who is alone', async () => {
    const first = await new Other().place('lab');
    expect(portsOf(first)).toEqual([6379, 6380, 6381, 26_379, 26_380, 26_381]);
  });

  it('steps to another subnet where another one has claimed the usual one', async () => {
    const first = await new Other().place('lab');
    const second = await new Other().place('lab');
    expect(second.placement.subnet).not.toBe(first.placement.subnet);
  });

  it('steps over single ports that are claimed', async () => {
    await new Other().place('one', undefined, { redisPorts: { first: 6380, named: true } });
    const second = await new Other().place('two');
    expect(portsOf(second).slice(0, 3)).toEqual([6379, 6383, 6384]);
  });

  it('lets topologies on different engines have the same ports', async () => {
    const first = await new Other().place('lab');
    const second = await new Other().place('lab', anEngineAt('192.0.2.8'));
    expect(portsOf(second)).toEqual(portsOf(first));
  });

  it('gives many that join one network at once addresses of their own', async () => {
    const engine = anEngineAt('192.0.2.7', {
      networks: async () => [aNetwork({ subnets: ['10.20.30.0/24'] })],
    });
    const reach = { clients: 'containers', join: 'app-net' } as const;
    const placed = await Promise.all(
      Array.from({ length: 10 }, (_, nth) => new Other().place(`lab-${nth}`, engine, { reach })),
    );
    const addresses = placed.flatMap(({ placement }) =>
      placement.nodes.map(({ address }) => address.ip),
    );
    expect(new Set(addresses).size).toBe(60);
  });

  it('gives nodes that join two topologies on one network at once addresses of their own', async () => {
    const subnets = ['172.30.5.0/24'];
    const engine = anEngineAt('192.0.2.7', {
      networks: async () => [aNetwork({ name: 'lab-net', subnets })],
    });
    const { placement } = aRecord();
    const [first, ...rest] = placement.nodes;
    const nodes = rest.map((node) => ({ ...node, state: 'running' }) as unknown as RunningNode);
    const scaled = async () => {
      const unfinished = { joining: [first?.name ?? ''] };
      const record = { ...aRecord(), placement: { ...placement, joined: true }, unfinished };
      const running = { name: 'lab', nodes };
      const mine = new Other();
      const choose = () =>
        placeRecord(aContext(engine, path()), record.spec, record, running, mine.avoid);
      const placed = await claimPlace(engine, running, mine.claims, mine.avoid, choose);
      return placed.record.placement.nodes.map(({ address }) => address.ip);
    };
    const [one, two] = [await scaled(), await scaled()];
    expect(one[0]).toBe(first?.address.ip);
    expect(one).not.toContain(two[0]);
    expect(two.slice(1)).toEqual(rest.map(({ address }) => address.ip));
  });

  it('leaves a node that is missing among others at the address by which they know it', async () => {
    const { spec, placement } = aRecord();
    const record = { ...aRecord(), spec, placement: { ...placement, joined: true } };
    const [first, ...rest] = placement.nodes;
    const other = new Other();
    await other.claims.claim(`unix:///x.sock lab-net ${first?.address.ip}`);
    const nodes = rest.map((node) => ({ ...node, state: 'running' }) as unknown as RunningNode);
    const mine = new Other();
    const choose = async () => ({ record });
    expect(
      await claimPlace(anEngine(), { name: 'lab', nodes }, mine.claims, mine.avoid, choose),
    ).toEqual({ record });
  });

  it('says who has a port that the user named', async () => {
    await new Other().place('one');
    const second = new Other().place('two', undefined, {
      redisPorts: { first: 6379, named: true },
    });
    await expect(second).rejects.toThrow(RsentError);
    await expect(second).rejects.toThrow('port 6379 is held by another rsent that is starting');
  });

  it('claims nothing that the topology has, but the port of a node that has ended', async () => {
    const [record, other, stranger] = [aRecord(), new Other(), new Other()];
    const { nodes, subnet } = record.placement;
    const running: RunningTopology = {
      ...{ name: 'lab', network: { name: 'lab-net', subnet } },
      nodes: nodes.map((node) => ({ ...node, state: 'running' }) as unknown as RunningNode),
    };
    const [first, ...rest] = running.nodes;
    const ended = { ...first, state: 'exited' } as RunningNode;
    const now = { ...running, nodes: [ended, ...rest] };
    await claimPlace(anEngine(), now, other.claims, other.avoid, async () => ({ record }));
    const isFree = (what: string) => stranger.claims.claim(`unix:///x.sock ${what}`);
    expect(await isFree('127.0.0.1:6379')).toBe(false);
    expect(await isFree('127.0.0.1:6380')).toBe(true);
    expect(await isFree(subnet)).toBe(true);
  });
});
