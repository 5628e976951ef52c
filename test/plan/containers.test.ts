import { LABEL } from '../../src/model/constants.js';
import { NETWORK_FORMS } from '../../src/model/spec.js';
import { nodeContainer, podContainer } from '../../src/plan/containers.js';
import { readNode, topologyLabels } from '../../src/plan/labels.js';
import { aRecordIn, nodeNamed } from '../helpers/topology.js';
import { facts } from '../helpers/up-facts.js';

const factsIn = (form: 'bridge' | 'pod' | 'announce') => facts({ record: aRecordIn(form) });
const containerOf = (form: 'bridge' | 'pod' | 'announce', name: string) =>
  nodeContainer(nodeNamed(aRecordIn(form), name), factsIn(form));

describe('the container of a node', () => {
  it('has an address of its own in the form bridge, and publishes its own port', () => {
    expect(containerOf('bridge', 'sentinel-2')).toMatchObject({
      network: { name: 'lab-net', ip: '172.30.5.202' },
      ports: [{ inside: 26379, published: { ip: '127.0.0.1', port: 26380 } }],
    });
  });

  it('is at any address of its network in the form announce, and publishes what it announces', () => {
    const { network, ports } = containerOf('announce', 'redis-3');
    expect(network).toEqual({ name: 'lab-net' });
    expect(ports).toEqual([{ inside: 6381, published: { ip: '192.168.1.7', port: 6381 } }]);
  });

  it('lives in the pod in the form pod, and publishes nothing', () => {
    const { network, ports } = containerOf('pod', 'redis-2');
    expect(network).toEqual({ namespaceOf: 'lab-pod' });
    expect(ports).toEqual([]);
  });

  it.each(NETWORK_FORMS)('mounts the directory that the node was given: %s', (form) => {
    const node = { ...nodeNamed(aRecordIn(form), 'redis-2'), folder: 'second' };
    expect(nodeContainer(node, factsIn(form)).mounts).toEqual([
      { from: '/data/lab/second/conf', to: '/etc/redis' },
      { from: '/data/lab/second/data', to: '/data' },
    ]);
  });

  it.each(NETWORK_FORMS)('bears the name and the labels by which it is found: %s', (form) => {
    const node = { ...nodeNamed(aRecordIn(form), 'redis-2'), container: 'my-own' };
    const { name, labels } = nodeContainer(node, factsIn(form));
    const found = readNode({
      ...{ id: 'c0ffee', name, labels, state: 'running', image: 'redis:8.0' },
      ...{ networks: [], sharesNetwork: true },
    });
    expect(found).toMatchObject({ container: 'my-own', address: node.address, cut: false });
  });
});

describe('the container of a pod', () => {
  const pod = podContainer('lab-pod', factsIn('pod'));
  const { nodes } = aRecordIn('pod').placement;

  it('publishes the port of every node, the same inside', () => {
    expect(pod.ports).toEqual(
      nodes.map(({ published }) => ({ inside: published.port, published })),
    );
    expect(new Set(pod.ports.map(({ inside }) => inside)).size).toBe(6);
  });

  it('is on the topology’s network, at any address', () => {
    expect(pod.network).toEqual({ name: 'lab-net' });
  });

  it('is found as a part of its topology, and is none of its nodes', () => {
    expect(pod.labels).toMatchObject({ ...topologyLabels('lab'), [LABEL.kind]: 'pod' });
    const found = readNode({
      ...{ id: 'c0ffee', name: pod.name, labels: pod.labels, state: 'running', image: pod.image },
      ...{ networks: ['lab-net'], sharesNetwork: false },
    });
    expect(found).toBeUndefined();
  });

  it('needs no image but that of the nodes, no file and hardly a process', () => {
    expect(pod).toMatchObject({ image: 'redis:8.0', mounts: [], user: { uid: 1000, gid: 1000 } });
    expect(pod.limits.pids).toBeLessThan(32);
    // There is an image with a shell and Redis alone: a loop around `sleep` would never rest in it.
    expect(pod.entrypoint.join(' ')).not.toMatch(/\bsleep\b/);
  });
});
