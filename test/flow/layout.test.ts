import type { Engine } from '../../src/engine/engine.js';
import { chooseLayout, type Shown } from '../../src/flow/layout.js';
import { hostAddresses } from '../../src/host/network.js';
import type { Reach } from '../../src/model/spec.js';
import { aContext, aNetwork, anEngine, anEngineAt } from '../helpers/engine.js';
import { aSecurity } from '../helpers/security.js';
import { aSpec } from '../helpers/topology.js';

const HERE = anEngine();
const AWAY = anEngineAt('10.77.0.1');
const HOST: Reach = { clients: 'host' };
const AMONG: Reach = { clients: 'containers' };
const AUTH = aSecurity({ auth: true });

function layoutOf(engine: Engine, reach: Reach, security = AUTH, shown?: Shown) {
  return chooseLayout(aContext(engine), aSpec({ reach, security }), shown);
}

const refusal = (message: string, hint = '') =>
  expect.objectContaining({
    kind: 'spec',
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });

describe('for clients on this host', () => {
  it.each<[string, Engine, Reach, Shown, string, string]>([
    ['is a bridge', HERE, HOST, {}, 'bridge', '127.0.0.1'],
    [
      'is the bridge that was named',
      HERE,
      { ...HOST, network: 'bridge' },
      {},
      'bridge',
      '127.0.0.1',
    ],
    ['is a pod where containers are hidden', HERE, HOST, { hidden: true }, 'pod', '127.0.0.1'],
    ['is the pod that was named', HERE, { ...HOST, network: 'pod' }, {}, 'pod', '127.0.0.1'],
    ['is announced from another machine', AWAY, HOST, {}, 'announce', '10.77.0.1'],
    [
      'is announced at the address that was named',
      AWAY,
      { ...HOST, network: 'announce', address: '10.9.9.9' },
      {},
      'announce',
      '10.9.9.9',
    ],
  ])('%s', async (_, engine, reach, shown, form, publish) => {
    const layout = await layoutOf(engine, reach, AUTH, shown);
    expect(layout).toEqual({ form, publish, why: expect.stringMatching(/\w/) });
  });

  it('is a pod where a bridge would need more neighbours than any kernel keeps', async () => {
    const spec = aSpec({ reach: HOST, replicas: 10 ** 8 });
    const { form, why } = await chooseLayout(aContext(HERE), spec);
    expect([form, why]).toEqual(['pod', expect.stringContaining('table of neighbours')]);
  });

  it.each<[string, Reach]>([
    ['for clients on this host', { ...HOST, network: 'bridge' }],
    ['for containers', AMONG],
  ])('is refused where that bridge was asked for, %s', async (_, reach) => {
    const spec = aSpec({ reach, replicas: 10 ** 8 });
    await expect(chooseLayout(aContext(HERE), spec)).rejects.toEqual(
      refusal('Too many nodes', 'net.ipv4.neigh.default.gc_thresh3'),
    );
  });

  it('asks no kernel of this host about an engine elsewhere', async () => {
    const spec = aSpec({ reach: AMONG, replicas: 10 ** 8, security: AUTH });
    expect((await chooseLayout(aContext(AWAY), spec)).form).toBe('bridge');
  });

  it('is published where the user said, on a bridge', async () => {
    const security = aSecurity({ auth: true, publish: '0.0.0.0' });
    expect((await layoutOf(HERE, HOST, security)).publish).toBe('0.0.0.0');
  });

  it('needs no password where nobody else comes in', async () => {
    const open = aSecurity();
    expect((await layoutOf(HERE, HOST, open)).form).toBe('bridge');
    expect((await layoutOf(HERE, HOST, open, { hidden: true })).form).toBe('pod');
  });

  it.each<[string, Engine, Reach, Shown, string, string]>([
    [
      'a bridge on another machine',
      AWAY,
      { ...HOST, network: 'bridge' },
      {},
      'network is bridge, and this host cannot call the addresses of containers of tcp://10.77.0.1',
      '--network',
    ],
    [
      'a bridge that has shown to be hidden',
      HERE,
      { ...HOST, network: 'bridge' },
      { hidden: true },
      'this host cannot call the addresses of containers of unix:///x.sock',
      '--clients containers',
    ],
    [
      'a pod on another machine',
      AWAY,
      { ...HOST, network: 'pod' },
      {},
      'network is pod, and the engine at tcp://10.77.0.1:2375 is not here',
      '--network',
    ],
    [
      'an announced address that nobody named',
      HERE,
      { ...HOST, network: 'announce' },
      {},
      'network is announce, and there is no address',
      '--address',
    ],
  ])('refuses %s', async (_, engine, reach, shown, message, hint) => {
    await expect(layoutOf(engine, reach, AUTH, shown)).rejects.toEqual(refusal(message, hint));
  });
});

describe('for clients on other machines', () => {
  const lan = (address: string): Reach => ({ clients: 'lan', address });

  it('is announced at any address of this host', async () => {
    for (const address of hostAddresses()) {
      expect(await layoutOf(HERE, lan(address))).toMatchObject({
        ...{ form: 'announce', publish: address },
      });
    }
  });

  it('refuses an address that is not of this host, naming those that are', async () => {
    const layout = layoutOf(HERE, lan('203.0.113.77'));
    await expect(layout).rejects.toEqual(refusal('203.0.113.77 is not an address of this host.'));
    for (const address of hostAddresses()) {
      await expect(layout).rejects.toEqual(refusal('', address));
    }
  });

  it('cannot know the addresses of another machine, and takes what it is told', async () => {
    expect((await layoutOf(AWAY, lan('203.0.113.77'))).publish).toBe('203.0.113.77');
  });
});

describe('an engine on another machine', () => {
  it.each<[string, Reach]>([
    ['on this host', HOST],
    ['on other machines', { clients: 'lan', address: '10.77.0.1' }],
    ['in containers', AMONG],
  ])('gets nothing without a password, whose ports others reach: clients %s', async (_, reach) => {
    await expect(layoutOf(AWAY, reach, aSecurity())).rejects.toEqual(
      refusal('would be published on 10.77.0.1, where others can reach them', 'add --auth'),
    );
  });

  it.each(['localhost', '127.0.0.1'])(
    'is not called %s by its clients: behind ssh it is another',
    async (host) => {
      await expect(layoutOf(anEngineAt(host), HOST)).rejects.toEqual(
        refusal(`${host}, where the engine is, has no IPv4 address to announce.`, '--address'),
      );
    },
  );
});

describe('for clients in containers', () => {
  const JOIN: Reach = { ...AMONG, join: 'app-net' };
  const among = (changes = {}) =>
    anEngine({ networks: async () => [aNetwork({ name: 'other' }), aNetwork(changes)] });

  it.each<[string, Engine, Shown, string]>([
    ['here', HERE, {}, '127.0.0.1'],
    ['here, hidden from this host', HERE, { hidden: true }, '127.0.0.1'],
    ['on another machine', AWAY, {}, '10.77.0.1'],
  ])('is a bridge of their own: %s', async (_, engine, shown, publish) => {
    const layout = await layoutOf(engine, AMONG, AUTH, shown);
    expect(layout).toEqual({ form: 'bridge', publish, why: expect.any(String) });
  });

  it('is on the network that they name, at addresses that nobody has', async () => {
    const used = ['10.20.30.14', '10.20.30.9', '10.20.30.2'];
    const asked: string[] = [];
    const usedAddresses = async (name: string) => {
      asked.push(name);
      return used;
    };
    const layout = await layoutOf({ ...among(), usedAddresses } as Engine, JOIN);
    expect(layout).toMatchObject({ form: 'bridge', publish: '127.0.0.1' });
    expect(layout.joined).toEqual({
      ...{ name: 'app-net', subnet: '10.20.30.0/28' },
      free: [13, 12, 11, 10, 8, 7, 6, 5, 4, 3].map((host) => `10.20.30.${host}`),
    });
    expect(asked).toEqual(['app-net']);
  });

  it('is announced at the gateway of a network without fixed addresses', async () => {
    const layout = await layoutOf(among(), JOIN, aSecurity(), { noFixed: true });
    expect(layout).toMatchObject({ form: 'announce', publish: '10.20.30.1' });
    expect(layout).not.toHaveProperty('joined');
  });

  it('refuses one that has neither', async () => {
    const engine = anEngine({
      networks: async () => {
        const { gateway: _, ...network } = aNetwork();
        return [network];
      },
    });
    await expect(layoutOf(engine, JOIN, AUTH, { noFixed: true })).rejects.toEqual(
      refusal('app-net gives no fixed addresses, and has no gateway', '--subnet'),
    );
  });

  it.each<[string, object]>([
    ['that there is not', { name: 'app-net-2' }],
    ['that is the host’s', { driver: 'host' }],
    ['of another machine’s', { driver: 'overlay' }],
    ['without a subnet', { subnets: [] }],
  ])('refuses a network %s, naming legal ones', async (_, changes) => {
    await expect(layoutOf(among(changes), JOIN)).rejects.toEqual(
      refusal('join is app-net, which is no bridge network of the engine.', 'Legal are: other'),
    );
  });
});
