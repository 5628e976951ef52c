import { nameAt, sceneOf } from '../../src/health/scene.js';
import type { Observation } from '../../src/model/observation.js';
import {
  healthyObservation,
  withMasterView,
  withRedis,
  withSentinel,
  withSilent,
} from '../helpers/observation.js';
import { anExpectation, aRecord, nodeNamed } from '../helpers/topology.js';

const healthy = healthyObservation();
const address = (name: string) => nodeNamed(aRecord(), name).address;
const masterIn = (seen: Observation) => sceneOf(anExpectation(), seen).master?.node.name;

/** This Sentinel hands out that node, from that epoch on. */
function told(seen: Observation, sentinel: string, node: string, configEpoch = 0): Observation {
  const handing = withSentinel(seen, sentinel, (facts) => ({ ...facts, handsOut: address(node) }));
  return withMasterView(handing, sentinel, { configEpoch });
}

const isMaster = (seen: Observation, name: string) =>
  withRedis(seen, name, (facts) => ({ ...facts, role: 'master' }));
const silent = (seen: Observation, ...names: string[]) =>
  names.reduce((all, name) => withSilent(all, name, 'exited'), seen);

describe('the master of a scene', () => {
  it.each<[string, Observation, string | undefined]>([
    ['the one that all hand out', healthy, 'redis-1'],
    ['the one that two of three hand out', told(healthy, 'sentinel-3', 'redis-2', 9), 'redis-1'],
    [
      'the new one as soon as two of three hand it out',
      told(told(healthy, 'sentinel-1', 'redis-2', 1), 'sentinel-2', 'redis-2', 1),
      'redis-2',
    ],
    [
      'the old one that came back, never: two hand out the new one',
      told(
        told(isMaster(healthy, 'redis-2'), 'sentinel-1', 'redis-2', 1),
        'sentinel-2',
        'redis-2',
        1,
      ),
      'redis-2',
    ],
    [
      'without a majority: the only one that says so',
      silent(healthy, 'sentinel-2', 'sentinel-3'),
      'redis-1',
    ],
    [
      'without any Sentinel: the only one that says so',
      silent(healthy, 'sentinel-1', 'sentinel-2', 'sentinel-3'),
      'redis-1',
    ],
    [
      'the one that a Sentinel hands out, without a majority, when two say so',
      silent(isMaster(healthy, 'redis-2'), 'sentinel-2', 'sentinel-3'),
      'redis-1',
    ],
    [
      'nobody, when two say so and no Sentinel speaks',
      silent(isMaster(healthy, 'redis-2'), 'sentinel-1', 'sentinel-2', 'sentinel-3'),
      undefined,
    ],
    ['nobody when it is silent', silent(healthy, 'redis-1'), undefined],
    [
      'nobody when the address is of no node',
      ['sentinel-1', 'sentinel-2', 'sentinel-3'].reduce(
        (seen, name) =>
          withSentinel(seen, name, (facts) => ({
            ...facts,
            handsOut: { ip: '127.0.0.1', port: 6379 },
          })),
        healthy,
      ),
      undefined,
    ],
  ])('is %s', (_, seen, expected) => {
    expect(masterIn(seen)).toBe(expected);
  });
});

describe('sceneOf', () => {
  it('has a place for every expected node, seen or not', () => {
    const scene = sceneOf(anExpectation(), { ...healthy, nodes: [] });
    expect(scene.redis.map(({ node }) => node.name)).toEqual(['redis-1', 'redis-2', 'redis-3']);
    expect(scene.sentinels.every(({ observed }) => observed.container === 'absent')).toBe(true);
  });

  it('leaves out nodes that nobody expects', () => {
    const expectation = { ...anExpectation(), nodes: anExpectation().nodes.slice(0, 2) };
    expect(sceneOf(expectation, healthy).redis).toHaveLength(2);
  });
});

describe('nameAt', () => {
  it('names a node, or gives the address', () => {
    const scene = sceneOf(anExpectation(), healthy);
    expect(nameAt(scene, address('redis-2'))).toBe('redis-2 (172.30.5.12:6379)');
    expect(nameAt(scene, { ip: '172.30.5.12', port: 1 })).toBe('172.30.5.12:1');
  });
});
