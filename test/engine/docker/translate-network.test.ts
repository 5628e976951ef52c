import type Docker from 'dockerode';
import {
  containerFacts,
  containerOptions,
  endpointOptions,
} from '../../../src/engine/docker/translate.js';
import type { ContainerSpec } from '../../../src/model/container.js';

const SPEC: ContainerSpec = {
  name: 'lab-redis-1',
  image: 'redis:8.0',
  entrypoint: ['sh', '-c', 'exec redis-server'],
  user: { uid: 1000, gid: 1001 },
  labels: { 'rsent.node': 'redis-1' },
  network: { name: 'lab-net', ip: '172.30.5.11' },
  limits: { pids: 64 },
  ports: [{ inside: 6379, published: { ip: '127.0.0.1', port: 7000 } }],
  mounts: [],
};

describe('containerOptions of a node in a pod', () => {
  const options = containerOptions({ ...SPEC, network: { namespaceOf: 'lab-pod' }, ports: [] });

  it('has the network of another container, and nothing that the engine refuses beside it', () => {
    expect(options.HostConfig?.NetworkMode).toBe('container:lab-pod');
    expect(options).not.toHaveProperty('Hostname');
    expect(options).not.toHaveProperty('NetworkingConfig');
    expect(options.ExposedPorts).toEqual({});
    expect(options.HostConfig?.PortBindings).toEqual({});
  });

  it('is in all else the same', () => {
    const { NetworkMode, ...host } = options.HostConfig ?? {};
    const plain = containerOptions({ ...SPEC, ports: [] });
    const { Hostname, NetworkingConfig, ...rest } = plain;
    expect({ ...options, HostConfig: host }).toEqual(rest);
    expect([Hostname, NetworkMode]).toEqual(['lab-redis-1', 'container:lab-pod']);
    expect(NetworkingConfig).toBeDefined();
  });
});

describe('containerOptions of a container at any address', () => {
  const ports = [
    { inside: 6379, published: { ip: '127.0.0.1', port: 6379 } },
    { inside: 26379, published: { ip: '192.168.1.7', port: 27000 } },
  ];
  const options = containerOptions({ ...SPEC, network: { name: 'lab-net' }, ports });

  it('is on its network all the same, not on the engine’s own', () => {
    expect(options.NetworkingConfig?.EndpointsConfig).toEqual({ 'lab-net': {} });
    expect(options.HostConfig).not.toHaveProperty('NetworkMode');
  });

  it('publishes each of its ports where it is told', () => {
    expect(options.HostConfig?.PortBindings).toEqual({
      '6379/tcp': [{ HostIp: '127.0.0.1', HostPort: '6379' }],
      '26379/tcp': [{ HostIp: '192.168.1.7', HostPort: '27000' }],
    });
    expect(options.ExposedPorts).toEqual({ '6379/tcp': {}, '26379/tcp': {} });
  });
});

describe('endpointOptions', () => {
  it('asks for an address only where there is one', () => {
    expect(endpointOptions('172.30.5.11')).toEqual({ IPAMConfig: { IPv4Address: '172.30.5.11' } });
    expect(endpointOptions(undefined)).toEqual({});
  });
});

describe('the network of a row', () => {
  it.each<[string, object, boolean]>([
    ['that of another container', { NetworkMode: 'container:0123abcd' }, true],
    ['one of its own', { NetworkMode: 'lab-net' }, false],
    ['one with such a name', { NetworkMode: 'my-container:x' }, false],
    ['the host’s', { NetworkMode: 'host' }, false],
    ['not told', {}, false],
  ])('%s', (_, HostConfig, shared) => {
    expect(containerFacts({ HostConfig } as Docker.ContainerInfo).sharesNetwork).toBe(shared);
  });

  it('is told by its name', () => {
    const NetworkSettings = { Networks: { 'lab-net': {}, other: {} } };
    expect(containerFacts({ NetworkSettings } as unknown as Docker.ContainerInfo).networks).toEqual(
      ['lab-net', 'other'],
    );
  });
});
