import { type AddressInfo, createServer } from 'node:net';
import type { ContainerFacts } from '../../src/engine/engine.js';
import { surroundings } from '../../src/flow/survey.js';
import { writeRecord } from '../../src/host/data-home.js';
import { makeDirectory } from '../../src/host/disk.js';
import { nodeLabels } from '../../src/plan/labels.js';
import { aContainer, aContext, aNetwork, anEngine, anEngineAt } from '../helpers/engine.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, aRecordIn, aSpec, nodeNamed } from '../helpers/topology.js';

const path = useTempDir();

/** Ports that containers hold for nodes that are published here; far from those of this machine. */
async function heldOn(ip: string, containers: readonly ContainerFacts[], spec = aSpec()) {
  const engine = anEngineAt('10.77.0.1', { containers: async () => [...containers] });
  const at = { published: { ip } };
  return (await surroundings(aContext(engine, path()), spec, at)).takenPorts;
}

describe('the ports that are taken', () => {
  const web = aContainer({
    published: [
      { ip: '0.0.0.0', port: 1 },
      { ip: '127.0.0.1', port: 2 },
      { ip: '192.168.1.7', port: 3 },
    ],
  });

  it.each([
    ['127.0.0.1', [1, 2]],
    ['192.168.1.7', [1, 3]],
    ['192.168.1.8', [1]],
    ['0.0.0.0', [1, 2, 3]],
  ])('on %s are those there and those on all addresses: %j', async (ip, ports) => {
    const held = await heldOn(ip, [web]);
    expect(held.map(({ port }) => port)).toEqual(ports);
    expect(new Set(held.map(({ holder }) => holder))).toEqual(new Set(['the container web']));
  });

  it('have a stopped node of another topology among them, in a pod too', async () => {
    const record = aRecordIn('pod', { name: 'other' });
    const labels = nodeLabels(record, nodeNamed(record, 'redis-2'), '/data/other');
    const stopped = aContainer({ name: 'other-redis-2', labels, state: 'exited' });
    expect(await heldOn('127.0.0.1', [stopped])).toEqual([
      { port: 6380, holder: 'the container other-redis-2 (topology other)' },
    ]);
    expect(await heldOn('192.168.1.7', [stopped])).toEqual([]);
  });

  it.each<['pod' | 'announce' | 'bridge', string, number[]]>([
    ['pod', '127.0.0.1', [6379, 6380, 6381, 26_379, 26_380, 26_381]],
    ['pod', '192.168.1.7', []],
    ['announce', '192.168.1.7', [6379, 6380, 6381, 26_379, 26_380, 26_381]],
    ['bridge', '127.0.0.1', []],
  ])('have those of a sleeping %s on %s among them: %j', async (form, ip, ports) => {
    const asleep = aRecordIn(form, { name: 'asleep' });
    await makeDirectory(path('asleep'), 0o700);
    await writeRecord(path(), asleep);
    const held = await heldOn(ip, []);
    expect(held.map(({ port }) => port)).toEqual(ports);
    expect(held.every(({ holder }) => holder.includes('the topology asleep'))).toBe(true);
  });

  it('have none of the topology itself among them', async () => {
    const labels = nodeLabels(aRecord(), nodeNamed(aRecord(), 'redis-2'), '/data/lab');
    const own = aContainer({ labels, published: [{ ip: '127.0.0.1', port: 6380 }] });
    expect(await heldOn('127.0.0.1', [own])).toEqual([]);
  });

  it('have one that a node was given and somebody listens on, with its holder', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.2', port: 0 }, resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const spec = aSpec({ nodes: { redis: [{ port }], sentinel: [] } });
      const takenOn = async (ip: string) => {
        const at = { published: { ip } };
        return (await surroundings(aContext(anEngine(), path()), spec, at)).takenPorts;
      };
      expect(await takenOn('127.0.0.2')).toContainEqual({
        port,
        holder: expect.stringContaining(`(pid ${process.pid})`),
      });
      expect((await takenOn('127.0.0.3')).map((each) => each.port)).not.toContain(port);
    } finally {
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    }
  });
});

describe('the subnets that are taken', () => {
  it('are those of the engine, of this host and of what sleeps', async () => {
    const asleep = aRecord({ name: 'other' });
    await makeDirectory(path('other'), 0o700);
    await writeRecord(path(), asleep);
    const engine = anEngine({ networks: async () => [aNetwork()] });
    const around = await surroundings(aContext(engine, path()), aSpec(), undefined);
    expect(around.takenSubnets).toEqual(
      expect.arrayContaining(['10.20.30.0/28', '127.0.0.1/8', asleep.placement.subnet]),
    );
  });

  it('are not those of the topology itself, which sleeps', async () => {
    await makeDirectory(path('lab'), 0o700);
    await writeRecord(path(), aRecord());
    const around = await surroundings(aContext(anEngine(), path()), aSpec(), undefined);
    expect(around.takenSubnets).not.toContain(aRecord().placement.subnet);
  });
});
