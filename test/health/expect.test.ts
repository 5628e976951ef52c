import { expectRecord, expectRunning } from '../../src/health/expect.js';
import { givenSettings } from '../../src/model/given.js';
import type { Reach } from '../../src/model/spec.js';
import { ofKind, type RunningNode } from '../../src/model/topology.js';
import { aRecord } from '../helpers/topology.js';

const record = aRecord({ masterName: 'orders', quorum: 3 });

describe('expectRecord', () => {
  it('expects every node that was placed, and every setting that was asked for', () => {
    expect(expectRecord(record)).toEqual({
      topology: 'lab',
      masterName: 'orders',
      nodes: record.placement.nodes,
      settings: {
        quorum: 3,
        gateway: '172.30.5.1',
        downAfterMs: 2000,
        failoverTimeoutMs: 10_000,
        parallelSyncs: 1,
        minReplicas: 1,
        maxClients: 10_000,
        limits: record.spec.limits,
        redisSettings: [
          { name: 'min-replicas-to-write', value: '1' },
          { name: 'min-replicas-max-lag', value: '1' },
          { name: 'appendonly', value: 'yes' },
          { name: 'appendfsync', value: 'everysec' },
          { name: 'maxmemory', value: '0' },
        ],
        auth: false,
        given: {
          'redis-1': givenSettings(record, ofKind(record.placement.nodes, 'redis')[0]!),
          'redis-2': expect.arrayContaining([expect.objectContaining({ name: 'dir' })]),
          'redis-3': expect.arrayContaining([expect.objectContaining({ name: 'dir' })]),
        },
        acl: false,
        ownUsers: true,
        tls: false,
      },
    });
  });
});

describe('where the clients are expected', () => {
  const vantageOf = (reach: Reach) => expectRecord(aRecord({ reach })).settings?.vantage;

  it.each<[string, Reach, string | undefined]>([
    ['on this host', { clients: 'host' }, undefined],
    ['on other machines', { clients: 'lan', address: '192.168.1.7' }, undefined],
    ['on the topology’s own network', { clients: 'containers' }, 'lab-net'],
    ['on the network that was joined', { clients: 'containers', join: 'app-net' }, 'app-net'],
  ])('%s', (_, reach, vantage) => {
    expect(vantageOf(reach)).toBe(vantage);
  });
});

describe('expectRunning', () => {
  const nodes = record.placement.nodes.map(
    (node): RunningNode => ({
      ...node,
      containerId: node.name,
      state: 'running',
      cut: false,
      image: 'redis:8.0',
      masterName: 'orders',
      directory: '/data/lab',
    }),
  );

  it('expects what runs, under the master name of its labels, and knows no settings', () => {
    const expectation = expectRunning({ name: 'lab', nodes });
    expect(expectation).toMatchObject({ topology: 'lab', masterName: 'orders', nodes });
    expect(expectation).not.toHaveProperty('settings');
  });
});
