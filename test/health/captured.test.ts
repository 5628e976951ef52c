import { judge, masterOf, maySettle, obstacles } from '../../src/health/judge.js';
import { observedOf } from '../../src/model/observation.js';
import type { HealthState } from '../../src/model/verdict.js';
import { captured, capturedNames, observationOf } from '../helpers/fixtures.js';

interface Meaning {
  readonly state: HealthState;
  readonly master: string | undefined;
  /** Code and subject of every finding. */
  readonly findings: readonly string[];
  readonly failoverPossible: boolean;
}

const HEALTHY: Meaning = {
  state: 'healthy',
  master: 'redis-1',
  findings: [],
  failoverPossible: true,
};
const degraded = (...findings: string[]): Meaning => ({ ...HEALTHY, state: 'degraded', findings });

const MEANINGS: Record<string, Meaning> = {
  'redis-6.0-healthy': HEALTHY,
  'redis-7.0-healthy': HEALTHY,
  'redis-8.0-healthy': HEALTHY,
  'valkey-8.1-healthy': HEALTHY,
  'redis-7.0-sentinel-killed': degraded('node-stopped sentinel-3'),
  'redis-7.0-two-sentinels-killed': {
    ...degraded('no-majority cap', 'node-stopped sentinel-2', 'node-stopped sentinel-3'),
    failoverPossible: false,
  },
  'redis-7.0-replica-paused': degraded('node-paused redis-2'),
  'redis-7.0-master-killed': {
    state: 'down',
    master: undefined,
    findings: [
      'no-master cap',
      'node-stopped redis-1',
      'replica-link-down redis-2',
      'replica-link-down redis-3',
    ],
    failoverPossible: false,
  },
  'redis-7.0-after-failover': { ...degraded('node-stopped redis-1'), master: 'redis-2' },
  'redis-7.0-two-masters': {
    ...degraded(
      'sees-other-role sentinel-1',
      'sees-other-role sentinel-2',
      'sees-other-role sentinel-3',
      'sees-replica-astray sentinel-1',
      'sees-replica-astray sentinel-2',
      'sees-replica-astray sentinel-3',
      'two-masters redis-1',
    ),
    master: 'redis-2',
  },
  'redis-7.0-switching': {
    ...degraded(
      'failover-running sentinel-3',
      'no-info sentinel-1',
      'no-info sentinel-1',
      'no-info sentinel-2',
      'no-info sentinel-2',
      'node-stopped redis-1',
      'replica-turned sentinel-3',
      'replica-unknown sentinel-3',
      'sees-master-down sentinel-1',
      'sees-master-down sentinel-2',
      'sees-other-master sentinel-3',
      'sees-replica-astray sentinel-3',
      'sees-replica-down sentinel-1',
      'sees-replica-down sentinel-2',
      'sees-replica-down sentinel-3',
    ),
    master: 'redis-2',
  },
  'redis-7.0-mid-failover': {
    ...degraded(
      'failover-running sentinel-3',
      'no-info sentinel-1',
      'no-info sentinel-2',
      'node-stopped redis-1',
      'replica-turned sentinel-3',
      'replica-unknown sentinel-3',
      'sees-other-master sentinel-3',
    ),
    master: 'redis-2',
  },
  'redis-7.0-ghost-replica': degraded('address-unreachable sentinel-2', 'replica-ghost sentinel-2'),
  'redis-7.0-ghost-sentinel': degraded('address-unreachable sentinel-2', 'peer-ghost sentinel-2'),
  'redis-7.0-ping-period': degraded('ping-period sentinel-1'),
  'redis-7.0-loopback-announced': degraded(
    'foreign-replica redis-1',
    'replica-ghost sentinel-1',
    'replica-ghost sentinel-2',
    'replica-ghost sentinel-3',
    'replica-not-attached redis-2',
  ),
};

it('has a meaning for every capture', () => {
  expect(Object.keys(MEANINGS).sort()).toEqual(capturedNames());
});

describe.each(Object.entries(MEANINGS))('%s', (name, meaning) => {
  const { expectation, ...look } = captured(name);
  const observation = observationOf({ expectation, ...look });
  const verdict = judge(expectation, observation);

  it('has exactly the expected findings', () => {
    expect(verdict.findings.map(({ code, subject }) => `${code} ${subject}`).sort()).toEqual(
      meaning.findings,
    );
  });

  it(`is ${meaning.state}`, () => {
    expect(verdict.state).toBe(meaning.state);
    expect(verdict.healthy).toBe(meaning.state === 'healthy');
  });

  it(`has ${meaning.master ?? 'nobody'} for its master`, () => {
    expect(masterOf(expectation, observation)).toBe(meaning.master);
  });

  it(`${meaning.failoverPossible ? 'could' : 'could not'} do a failover`, () => {
    expect(obstacles(verdict).length === 0).toBe(meaning.failoverPossible);
  });

  it('says of each finding what was seen, what was expected and what to do', () => {
    for (const finding of verdict.findings) {
      for (const words of [finding.saw, finding.expected, finding.fix]) {
        expect([finding.code, words]).toEqual([finding.code, expect.stringMatching(/\w/)]);
        expect(words).not.toMatch(/undefined|null|NaN|\[object/);
      }
    }
  });

  it('reads every node that answered, with its product and version', () => {
    for (const node of observation.nodes) {
      expect([node.name, node.answer.reached]).toEqual([node.name, node.container === 'running']);
      if (!node.answer.reached) continue;
      const { product, version, runId, uptimeMs } = node.answer.facts.server;
      expect(`${product} ${version}`).toBe(look.server);
      expect(runId).toMatch(/^[0-9a-f]{40}$/);
      expect(uptimeMs).toBeGreaterThan(0);
    }
  });

  it('reads the id of every Sentinel as it was placed, where the server tells it', () => {
    for (const { name: sentinel, answer } of observedOf(observation, 'sentinel')) {
      if (!answer.reached) continue;
      const placed = expectation.nodes.find((node) => node.name === sentinel)?.sentinelId;
      const tells = !look.server.startsWith('redis 6.0');
      expect([sentinel, answer.facts.myId]).toEqual([sentinel, tells ? placed : undefined]);
    }
  });
});

describe('maySettle', () => {
  it.each<[string, boolean]>([
    ['redis-7.0-two-masters', true],
    ['redis-7.0-mid-failover', true],
    ['redis-7.0-sentinel-killed', false],
    ['redis-7.0-healthy', false],
  ])('says of %s that time may mend something: %s', (name, settling) => {
    const look = captured(name);
    expect(maySettle(judge(look.expectation, observationOf(look)))).toBe(settling);
  });
});

describe('a look in the middle of a failover', () => {
  it.each(['redis-7.0-switching', 'redis-7.0-mid-failover'])(
    '%s takes no node of the topology for a stranger; all but the dead one may settle',
    (name) => {
      const look = captured(name);
      const { findings } = judge(look.expectation, observationOf(look));
      const words = findings.map(({ code, saw, fix }) => `${code} ${saw} ${fix}`).join('\n');
      expect(words).not.toMatch(/ghost|foreign|not of this topology|delete/);
      const lasting = findings.filter(({ settling }) => !settling).map(({ code }) => code);
      expect(lasting).toEqual(['node-stopped']);
    },
  );
});
