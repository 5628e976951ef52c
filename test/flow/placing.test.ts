import { EngineError, type EngineFailure } from '../../src/engine/engine.js';
import type { Avoid } from '../../src/flow/place-again.js';
import { mayTryElsewhere, placeRecord } from '../../src/flow/placing.js';
import { UnhealthyError } from '../../src/flow/unhealthy.js';
import { RsentError } from '../../src/model/errors.js';
import type { RunningNode, TopologyRecord, Unfinished } from '../../src/model/topology.js';
import type { Verdict } from '../../src/model/verdict.js';
import { aContext, aNetwork, anEngine, anEngineAt } from '../helpers/engine.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, aRecordIn, aSpec } from '../helpers/topology.js';

const path = useTempDir();
const record = aRecord();
const nothing = (): Avoid => ({ subnets: [], ports: [], shown: {} });

/** Whether another attempt makes sense, and what it steps around. */
function comesOf(error: unknown, of = record, existing?: TopologyRecord) {
  const avoid = nothing();
  return { again: mayTryElsewhere(error, of, existing, avoid), avoid };
}

const failed = (failure: EngineFailure, message = 'no') => new EngineError(failure, message);
const taken = (port: number) =>
  failed('port-taken', `Bind for 127.0.0.1:${port} failed: port is already allocated`);
const joined: TopologyRecord = { ...record, placement: { ...record.placement, joined: true } };

describe('mayTryElsewhere', () => {
  it('takes the port on the host for taken, not the one inside the container', () => {
    const words = 'failed to bind host port for 127.0.0.1:6380:172.30.5.12:6379/tcp: in use';
    expect(comesOf(failed('port-taken', words)).avoid.ports.map(({ port }) => port)).toEqual([
      6380,
    ]);
  });

  it('steps around a subnet that somebody took', () => {
    expect(comesOf(failed('subnet-taken'))).toEqual({
      ...{ again: true, avoid: { ...nothing(), subnets: ['172.30.5.0/24'] } },
    });
  });

  it('leaves a subnet whose traffic the host masquerades, with a new topology of its own', () => {
    const findings = [{ code: 'nodes-masqueraded', subject: 'lab', saw: 'it is so' }];
    const verdict = { state: 'down', healthy: false, findings } as unknown as Verdict;
    const error = new UnhealthyError(verdict, 'lab did not become healthy', {});
    expect(error.brief).toBe('lab: it is so.');
    expect(comesOf(error)).toMatchObject({ again: true, avoid: { subnets: ['172.30.5.0/24'] } });
    expect(comesOf(error, record, record).again).toBe(false);
    expect(comesOf(error, joined).again).toBe(false);
    expect(comesOf(new UnhealthyError({ ...verdict, findings: [] }, 'x', {})).again).toBe(false);
  });

  it('knows an engine that hides its containers', () => {
    expect(comesOf(failed('hidden-containers'))).toEqual({
      ...{ again: true, avoid: { ...nothing(), shown: { hidden: true } } },
    });
  });

  it('knows a network to join that gives no fixed addresses', () => {
    expect(comesOf(failed('no-fixed-address'), joined)).toEqual({
      ...{ again: true, avoid: { ...nothing(), shown: { noFixed: true } } },
    });
  });

  it('gives those that join another address where somebody was faster, and nobody else', () => {
    const words = failed('address-taken');
    const joiners = { ...joined, unfinished: { joining: ['redis-3'] } };
    expect(comesOf(words, joiners, joined).again).toBe(true);
    expect(comesOf(words, joined).again).toBe(true);
    expect(comesOf(words, joined, joined).again).toBe(false);
    expect(comesOf(words, record).again).toBe(false);
  });

  it('forgets nothing that was shown before', () => {
    const avoid: Avoid = { ...nothing(), shown: { hidden: true } };
    expect(mayTryElsewhere(failed('no-fixed-address'), joined, undefined, avoid)).toBe(true);
    expect(avoid.shown).toEqual({ hidden: true, noFixed: true });
  });

  it.each<[string, unknown, TopologyRecord]>([
    ['there is no fixed address on a network of its own', failed('no-fixed-address'), record],
    ['the engine is gone', failed('unreachable'), record],
    ['the engine gives no reason', failed('other'), record],
    ['it is no failure of the engine', new RsentError('unhealthy', 'port is allocated'), record],
    ['it is no error of ours', new Error('Bind for 127.0.0.1:6379 failed'), record],
    ['the port is none of ours', taken(9999), record],
    ['the port is ours in part only', taken(63_790), record],
    ['no port is named', failed('port-taken', 'port is already allocated'), record],
  ])('gives up where %s', (_, error, of) => {
    expect(comesOf(error, of).again).toBe(false);
  });

  it.each(['subnet-taken', 'hidden-containers', 'no-fixed-address'] as const)(
    'gives up where the places are fixed already: %s',
    (failure) => {
      expect(comesOf(failed(failure), joined, joined)).toEqual({ again: false, avoid: nothing() });
    },
  );

  it.each([undefined, record])('steps around the port that the engine names', (existing) => {
    expect(comesOf(taken(6380), record, existing)).toEqual({
      again: true,
      avoid: { ...nothing(), ports: [{ port: 6380, holder: 'another process' }] },
    });
  });

  it.each<[string, number, Parameters<typeof aSpec>[0], boolean]>([
    ['the first of data nodes', 6381, { redisPorts: { first: 6379, named: true } }, false],
    ['the first of Sentinels', 26_380, { sentinelPorts: { first: 26_379, named: true } }, false],
    ['that of the other kind', 6381, { sentinelPorts: { first: 26_379, named: true } }, true],
    ['its own', 6380, { nodes: { redis: [{}, { port: 6380 }], sentinel: [] } }, false],
    ['that of another', 6379, { nodes: { redis: [{}, { port: 6380 }], sentinel: [] } }, true],
    [
      'its own, a Sentinel’s',
      26_381,
      { nodes: { redis: [], sentinel: [{}, {}, { port: 1 }] } },
      false,
    ],
    ['its name only', 6379, { nodes: { redis: [{ container: 'c1' }], sentinel: [] } }, true],
  ])('moves no port that the user named: %s', (_, port, spec, again) => {
    expect(comesOf(taken(port), aRecord(spec)).again).toBe(again);
  });
});

describe('placeRecord', () => {
  const nobody = { name: 'lab', nodes: [] };
  const context = () => aContext(anEngine(), path());
  // What listens on this machine is of no matter to it.
  const far = () => aContext(anEngineAt('far'), path());

  it('places a new topology in the form that was shown to work, and says why', async () => {
    const first = await placeRecord(context(), aSpec(), undefined, nobody, nothing());
    expect(first.record.placement.form).toBe('bridge');
    const avoid = { ...nothing(), shown: { hidden: true } };
    const second = await placeRecord(context(), aSpec(), undefined, nobody, avoid);
    expect(second.record.placement).toMatchObject({ form: 'pod', pod: 'lab-pod' });
    expect(second.record.spec).toEqual(aSpec());
    expect(second.why).not.toBe(first.why);
  });

  it('steps around what others took meanwhile', async () => {
    const { record: first } = await placeRecord(context(), aSpec(), undefined, nobody, nothing());
    const { subnet, nodes } = first.placement;
    const port = nodes[0]?.published.port ?? 0;
    const avoid = { ...nothing(), subnets: [subnet], ports: [{ port, holder: 'x' }] };
    const { record: second } = await placeRecord(context(), aSpec(), undefined, nobody, avoid);
    expect(second.placement.subnet).not.toBe(subnet);
    expect(second.placement.nodes.map(({ published }) => published.port)).not.toContain(port);
  });

  it('leaves one whose containers are all there where it is, and says nothing', async () => {
    const existing = aRecordIn('pod');
    const nodes = existing.placement.nodes as readonly unknown[] as RunningNode[];
    const network = { name: 'lab-net', subnet: existing.placement.subnet };
    const running = { name: 'lab', nodes, network, pod: 'running' } as const;
    expect(await placeRecord(far(), existing.spec, existing, running, nothing())).toEqual({
      record: existing,
    });
  });

  const stopped = (state: RunningNode['state'], existing = record) =>
    existing.placement.nodes.map((node) => ({ ...node, state }) as unknown as RunningNode);

  it('moves one that is stopped on a network of somebody else, where its address is held', async () => {
    const usedAddresses = async () => ['172.30.5.12'];
    const subnets = ['172.30.5.0/24'];
    const networks = async () => [aNetwork({ name: 'lab-net', subnets })];
    const at = aContext(anEngineAt('far', { usedAddresses, networks }), path());
    const moves = async (state: RunningNode['state']) => {
      const running = { ...nobody, nodes: stopped(state) };
      const { record: found } = await placeRecord(at, joined.spec, joined, running, nothing());
      return found.unfinished?.moves?.length ?? 0;
    };
    expect(await moves('exited')).toBe(6);
    // Its own containers hold their addresses themselves.
    expect(await moves('running')).toBe(0);
  });

  it('moves one that sleeps on a network of somebody else, where an address is about to be taken', async () => {
    const networks = async () => [aNetwork({ name: 'lab-net', subnets: ['172.30.5.0/24'] })];
    const at = aContext(anEngineAt('far', { networks }), path());
    const avoid = { ...nothing(), shown: { claimed: ['172.30.5.254', '172.30.5.12'] } };
    const { record: found } = await placeRecord(at, joined.spec, joined, nobody, avoid);
    expect(found.unfinished?.moves).toHaveLength(6);
    const now = found.placement.nodes.map(({ address }) => address.ip);
    expect(now).not.toEqual(expect.arrayContaining(['172.30.5.254']));
  });

  describe('on a network of somebody else that was made again', () => {
    const reach = { clients: 'containers', join: 'apps' } as const;
    const placement = { ...joined.placement, network: 'apps' };
    const onIt = { ...joined, placement, spec: { ...joined.spec, reach } };
    const at = (networks: readonly ReturnType<typeof aNetwork>[]) =>
      aContext(anEngineAt('far', { networks: async () => [...networks] }), path());
    const apps = aNetwork({ name: 'apps', subnets: ['172.30.5.0/24'], gateway: '172.30.5.1' });
    const placed = async (existing: TopologyRecord, network = apps, stranded?: true) => {
      const nodes = stopped(stranded ? 'exited' : 'running', existing);
      const running = { ...nobody, nodes, ...(stranded && { stranded }) };
      return placeRecord(at([network]), existing.spec, existing, running, nothing());
    };

    it('keeps addresses that are free on it', async () => {
      const { record: found } = await placed(onIt, apps, true);
      expect(found).toEqual(onIt);
    });

    it('moves to those of its other subnet, whether the containers run or not', async () => {
      const other = { ...apps, subnets: ['10.9.0.0/24'], gateway: '10.9.0.1' };
      for (const stranded of [true, undefined] as const) {
        const { record: found } = await placed(onIt, other, stranded);
        expect(found.placement.subnet).toBe('10.9.0.0/24');
        expect(found.unfinished?.moves).toHaveLength(6);
      }
    });

    it('moves to its other gateway, with the ports that clients know', async () => {
      const existing = aRecordIn('announce', { reach });
      const { record: found } = await placed(existing, { ...apps, gateway: '10.9.0.1' });
      const now = found.placement.nodes;
      expect(now.map(({ address }) => address)).toEqual(
        existing.placement.nodes.map(({ address }) => ({ ...address, ip: '10.9.0.1' })),
      );
      expect(now.map(({ published }) => published)).toEqual(now.map(({ address }) => address));
      expect(found.unfinished?.moves).toHaveLength(6);
    });

    it('says how to make it again when it is gone, before anything is done', async () => {
      const gone = placed(onIt, { ...apps, name: 'other' }, true);
      await expect(gone).rejects.toMatchObject({
        message: 'lab has joined the network apps, which is gone.',
        hint: expect.stringContaining('docker network create --subnet 172.30.5.0/24 apps makes it'),
      });
    });
  });

  it('publishes one that is stopped elsewhere when somebody listens on its port', async () => {
    const network = { name: 'lab-net', subnet: record.placement.subnet };
    const running = { ...nobody, network, nodes: stopped('exited') };
    const avoid = { ...nothing(), ports: [{ port: 6380, holder: 'another process' }] };
    const { record: found } = await placeRecord(far(), record.spec, record, running, avoid);
    expect(found.placement.nodes.map(({ published }) => published.port)).not.toContain(6380);
    expect(found.placement.nodes.map(({ address }) => address)).toEqual(
      record.placement.nodes.map(({ address }) => address),
    );
    expect(found.unfinished).toBeUndefined();
  });

  it('moves one whose network has gone from under its containers, and whose subnet is taken', async () => {
    const avoid = { ...nothing(), subnets: [record.placement.subnet] };
    const running = { ...nobody, nodes: stopped('running') };
    const { record: found } = await placeRecord(far(), record.spec, record, running, avoid);
    expect(found.placement.subnet).not.toBe(record.placement.subnet);
    expect(found.unfinished?.moves).toHaveLength(6);
  });

  it('moves a node whose network namespace has ended, and whose port somebody has', async () => {
    const existing = aRecordIn('pod');
    const nodes = existing.placement.nodes as readonly unknown[] as RunningNode[];
    const from = existing.placement.nodes[1]?.address ?? { ip: '', port: 0 };
    const avoid = { ...nothing(), ports: [{ port: from.port, holder: 'somebody' }] };
    for (const pod of ['exited', undefined] as const) {
      const running = { name: 'lab', nodes, ...(pod === undefined ? {} : { pod }) };
      const { record: moved } = await placeRecord(far(), existing.spec, existing, running, avoid);
      const to = moved.placement.nodes[1]?.address;
      expect(to?.port).not.toBe(from.port);
      expect(moved.unfinished).toEqual({ moves: [{ from, to }] });
    }
  });

  it('keeps the form of one that sleeps, whatever the engine would be given now', async () => {
    const existing = aRecordIn('announce');
    const found = await placeRecord(far(), existing.spec, existing, nobody, {
      ...nothing(),
      shown: { hidden: true },
    });
    expect(found).toEqual({ record: existing });
  });

  it('moves one that sleeps away from an address that is held', async () => {
    const existing = aRecordIn('announce');
    const avoid = { ...nothing(), ports: [{ port: 6380, holder: 'another process' }] };
    const { record: moved } = await placeRecord(far(), existing.spec, existing, nobody, avoid);
    const [first, second] = moved.placement.nodes;
    expect(first).toEqual(existing.placement.nodes[0]);
    expect(second?.published).toEqual(second?.address);
    expect(moved.unfinished?.moves).toEqual([
      { from: { ip: '192.168.1.7', port: 6380 }, to: second?.address },
    ]);
  });

  it('refuses to move one away from a port that the user named, saying who has it', async () => {
    const existing = aRecordIn('announce', { redisPorts: { first: 6379, named: true } });
    const avoid = { ...nothing(), ports: [{ port: 6380, holder: 'another process' }] };
    await expect(placeRecord(far(), existing.spec, existing, nobody, avoid)).rejects.toThrow(
      'redis-2 lives at 192.168.1.7:6380, which is held by another process',
    );
  });

  it('moves one that sleeps to another subnet when somebody has taken its own', async () => {
    const existing = aRecordIn('bridge');
    const avoid = { ...nothing(), subnets: [existing.placement.subnet] };
    const { record: moved } = await placeRecord(far(), existing.spec, existing, nobody, avoid);
    expect(moved.placement.subnet).not.toBe(existing.placement.subnet);
    expect(moved.unfinished?.moves).toEqual(
      existing.placement.nodes.map(({ address }, i) => ({
        from: address,
        to: moved.placement.nodes[i]?.address,
      })),
    );
  });

  it('keeps that the data of a backup is missing, unless all data is to go', async () => {
    const restoring = { from: '/b.tar', sha256: 'f', databases: [] };
    const existing = { ...aRecordIn('bridge'), unfinished: { restoring } };
    const begun = async (begins: Unfinished) => {
      const { spec } = existing;
      const placed = await placeRecord(far(), spec, existing, nobody, nothing(), { begins });
      return placed.record.unfinished;
    };
    expect(await begun({ remaking: true })).toEqual({ remaking: true, restoring });
    expect(await begun({ resetting: true })).toEqual({ resetting: true });
  });

  it('leaves the subnet of one whose network is there', async () => {
    const existing = aRecordIn('bridge');
    const network = { name: 'lab-net', subnet: existing.placement.subnet };
    const running = { ...nobody, network };
    const avoid = { ...nothing(), subnets: [existing.placement.subnet] };
    expect(await placeRecord(far(), existing.spec, existing, running, avoid)).toEqual({
      record: existing,
    });
  });
});
