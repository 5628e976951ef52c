import type Docker from 'dockerode';
import {
  containerFacts,
  containerOptions,
  networkFacts,
  networkOptions,
} from '../../../src/engine/docker/translate.js';
import type { ContainerSpec } from '../../../src/model/container.js';

const SPEC: ContainerSpec = {
  name: 'lab-redis-1',
  image: 'redis:8.0',
  entrypoint: ['sh', '-c', 'exec redis-server'],
  user: { uid: 1000, gid: 1001 },
  labels: { 'rsent.node': 'redis-1' },
  network: { name: 'lab-net', ip: '172.30.5.11' },
  limits: { pids: 64, memoryBytes: 1024 ** 3 },
  ports: [{ inside: 6379, published: { ip: '127.0.0.1', port: 7000 } }],
  mounts: [{ from: '/data/lab/redis-1/conf', to: '/etc/redis' }],
};

describe('a container', () => {
  it('shows the ids of its networks, which a network of the same name need not have', () => {
    const Networks = { apps: { NetworkID: 'abc' }, late: { NetworkID: '' } };
    const row = { Id: 'c', State: 'exited', NetworkSettings: { Networks } };
    expect(containerFacts(row as unknown as Docker.ContainerInfo)).toMatchObject({
      ...{ networks: ['apps', 'late'], networkIds: ['abc'] },
    });
  });
});

describe('containerOptions', () => {
  const options = containerOptions(SPEC);

  it('runs the command alone, as the given user', () => {
    expect(options).toMatchObject({
      name: 'lab-redis-1',
      Image: 'redis:8.0',
      Entrypoint: ['sh', '-c', 'exec redis-server'],
      Cmd: [],
      User: '1000:1001',
    });
  });

  it('publishes on the loopback address only, and keeps its own address in the network', () => {
    expect(options.HostConfig?.PortBindings).toEqual({
      '6379/tcp': [{ HostIp: '127.0.0.1', HostPort: '7000' }],
    });
    expect(options.ExposedPorts).toEqual({ '6379/tcp': {} });
    expect(options.NetworkingConfig?.EndpointsConfig).toEqual({
      'lab-net': { IPAMConfig: { IPv4Address: '172.30.5.11' } },
    });
  });

  it('takes away all that a server does not need', () => {
    expect(options.HostConfig).toMatchObject({
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
    });
  });

  it('mounts what it is told', () => {
    expect(options.HostConfig?.Mounts).toEqual([
      { Type: 'bind', Source: '/data/lab/redis-1/conf', Target: '/etc/redis' },
    ]);
  });

  it('shares nothing that dockerode could change with the plan', () => {
    const copy = structuredClone(SPEC);
    const made = containerOptions(SPEC);
    made.Entrypoint = 'x';
    if (made.Labels) made.Labels['added'] = 'x';
    made.HostConfig?.CapDrop?.push('x');
    expect(SPEC).toEqual(copy);
    expect(containerOptions(SPEC)).toEqual(options);
  });

  it('gives a host name that the kernel takes', () => {
    const name = `${'a'.repeat(80)}-redis-1`;
    expect(containerOptions({ ...SPEC, name }).Hostname).toHaveLength(63);
  });
});

describe('networkOptions', () => {
  it('asks for a bridge of this subnet, and not for a second one of the same name', () => {
    const spec = { name: 'lab-net', subnet: '172.30.5.0/24', labels: { a: 'b' } };
    expect(networkOptions(spec)).toMatchObject({
      Name: 'lab-net',
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: { a: 'b' },
      IPAM: { Config: [{ Subnet: '172.30.5.0/24' }] },
    });
  });
});

/** A row as GET /containers/json gives it, with other fields. */
function row(changes: object): Docker.ContainerInfo {
  const plain = {
    Id: 'c0ffee',
    Names: ['/lab-redis-1'],
    Image: 'redis:8.0',
    State: 'running',
    Labels: { a: 'b' },
    Ports: [],
  };
  return { ...plain, ...changes } as unknown as Docker.ContainerInfo;
}

describe('containerFacts', () => {
  it('reads a row', () => {
    const Ports = [
      { IP: '127.0.0.1', PrivatePort: 6379, PublicPort: 7000, Type: 'tcp' },
      { IP: '::1', PrivatePort: 6379, PublicPort: 7000, Type: 'tcp' },
      { IP: '192.168.1.7', PrivatePort: 6380, PublicPort: 7001, Type: 'tcp' },
      { IP: '', PrivatePort: 6381, PublicPort: 7002, Type: 'tcp' },
      { PrivatePort: 26379, Type: 'tcp' },
      { PrivatePort: 26380, PublicPort: 0, Type: 'tcp' },
      { IP: '0.0.0.0', PrivatePort: 53, PublicPort: 53, Type: 'udp' },
    ];
    expect(containerFacts(row({ Ports }))).toEqual({
      id: 'c0ffee',
      name: 'lab-redis-1',
      labels: { a: 'b' },
      state: 'running',
      image: 'redis:8.0',
      networks: [],
      networkIds: [],
      sharesNetwork: false,
      published: [
        { ip: '127.0.0.1', port: 7000 },
        { ip: '::1', port: 7000 },
        { ip: '192.168.1.7', port: 7001 },
        { ip: '0.0.0.0', port: 7002 },
      ],
    });
  });

  it.each(['created', 'running', 'paused', 'restarting', 'exited', 'dead'])(
    'knows the state %s',
    (State) => {
      expect(containerFacts(row({ State })).state).toBe(State);
    },
  );

  it.each(['removing', 'unheard-of', undefined])('takes the state %s for dead', (State) => {
    expect(containerFacts(row({ State })).state).toBe('dead');
  });

  it('does without what a broken container lacks', () => {
    expect(containerFacts(row({ Names: null, Ports: null, Labels: null }))).toMatchObject({
      name: '',
      labels: {},
      published: [],
    });
  });
});

describe('networkFacts', () => {
  const read = (changes: object) =>
    networkFacts({
      ...{ Id: 'n', Name: 'lab-net', Driver: 'bridge' },
      ...changes,
    } as unknown as Docker.NetworkInspectInfo);

  it('reads its driver, subnets, gateway and labels', () => {
    const Config = [{ Subnet: '172.30.5.0/24', Gateway: '172.30.5.1' }, { Subnet: 'fd00::/64' }];
    expect(read({ IPAM: { Config }, Labels: { a: 'b' } })).toEqual({
      id: 'n',
      name: 'lab-net',
      driver: 'bridge',
      subnets: ['172.30.5.0/24', 'fd00::/64'],
      gateway: '172.30.5.1',
      labels: { a: 'b' },
    });
  });

  it.each([
    ['no address management', {}],
    ['none configured', { IPAM: { Config: null } }],
    ['a configuration without a subnet', { IPAM: { Config: [{}] } }],
  ])('has no subnets with %s', (_, changes) => {
    expect(read({ Labels: null, ...changes })).toMatchObject({ subnets: [], labels: {} });
    expect(read({ Labels: null, ...changes })).not.toHaveProperty('gateway');
  });
});
