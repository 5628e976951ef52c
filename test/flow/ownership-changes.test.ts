import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { findRunning } from '../../src/flow/find.js';
import { takeBack } from '../../src/flow/roll-back.js';
import { REDIS_USER } from '../../src/model/container.js';
import type { Plan } from '../../src/model/plan.js';
import { leavePlan } from '../../src/plan/leave-plan.js';
import { rollStages } from '../../src/plan/upgrade-plan.js';
import { failAt, heal } from '../helpers/failing-engine.js';
import {
  attempt,
  bringUp,
  inWorld,
  onEngine,
  planOf,
  record,
  shrinking,
  withoutServers,
} from '../helpers/owned-world.js';
import { CHANGES, NODES, others, RUNS, tree } from '../helpers/somebodys.js';

jest.setTimeout(60_000);

describe('whatever rsent did not make', () => {
  it.each(['resetting', 'remaking'] as const)(
    'is as it was while containers and confs are made anew, failed at any change: %s',
    async (what) => {
      await fc.assert(
        fc.asyncProperty(tree, others, CHANGES, fc.boolean(), (trees, things, nth, isKill) =>
          inWorld({ trees, things }, async (world) => {
            const { memory, context, home } = world;
            await bringUp(world);
            const before = await world.seen();
            const again = { ...record, unfinished: { [what]: true as const } };
            const running = await findRunning(memory.engine, 'lab', record);
            const containers = new Map(running.nodes.map(({ name, state }) => [name, state]));
            const kept = {
              keptRedis: new Map([['redis-1', {}]]),
              keptSentinels: new Set(['sentinel-1']),
            };
            const plan = planOf(home, again, { containers, networkExists: true, ...kept });
            failAt(memory, nth, isKill);
            const { journal } = await attempt(world, again, plan);
            expect(await world.seen()).toEqual(before);
            if (isKill) return;
            heal(memory);
            await takeBack(context, again, plan, journal, running);
            expect(await world.seen()).toEqual(before);
          }),
        ),
        RUNS,
      );
    },
  );

  it('is as it was after nodes left, failed or killed at any change, and the repetition', async () => {
    await fc.assert(
      fc.asyncProperty(tree, others, CHANGES, fc.boolean(), (trees, things, nth, isKill) =>
        inWorld({ trees, things }, async (world) => {
          const { memory, home } = world;
          await bringUp(world);
          const before = await world.seen();
          const containers = new Map(NODES.map((name) => [name, 'running' as const]));
          const facts = { containers, master: 'redis-1', canHasten: false };
          const plan = withoutServers(
            leavePlan({ ...facts, record: shrinking, directory: join(home, 'lab') }),
          );
          failAt(memory, nth, isKill);
          await attempt(world, shrinking, plan);
          expect(await world.seen()).toEqual(before);
          heal(memory);
          expect((await attempt(world, shrinking, plan)).failed).toBe(false);
          expect(await world.seen()).toEqual(before);
          expect(await onEngine(world, record)).not.toContain('lab-redis-2');
          // What it had stays until somebody prunes.
          const data = await readdir(join(home, 'lab', 'redis-2', 'data'));
          expect(data).toContain('dump.rdb');
        }),
      ),
      RUNS,
    );
  });

  it('is as it was after an upgrade that empties replicas, failed or killed at any change', async () => {
    const from = 'redis:8.0';
    const upgraded = {
      ...record,
      spec: { ...record.spec, image: { ref: 'redis:7.0', named: true } },
      unfinished: { upgradingFrom: from },
    };
    const known = { image: from, answers: true, unreadable: true, hasCopy: false, isKept: false };
    await fc.assert(
      fc.asyncProperty(tree, others, CHANGES, fc.boolean(), (trees, things, nth, isKill) =>
        inWorld({ trees, things }, async (world) => {
          const { memory, home } = world;
          await bringUp(world);
          const before = await world.seen();
          const stages = rollStages({
            ...{ record: upgraded, directory: join(home, 'lab'), user: REDIS_USER, chown: false },
            ...{ server: 'redis-server', version: '7.0.0', master: 'redis-1' },
            ...{ backwards: true, canFollow: false },
            toGo: new Map([
              ['redis-2', known],
              ['sentinel-1', known],
            ]),
          });
          failAt(memory, nth, isKill);
          for (const { plan } of stages) await attempt(world, upgraded, withoutServers(plan));
          expect(await world.seen()).toEqual(before);
          heal(memory);
          const [replica] = stages.filter(({ node }) => node === 'redis-2');
          const steps = replica?.plan.steps.filter(({ kind }) => kind === 'empty-directory') ?? [];
          expect(steps).toHaveLength(1);
          const emptying = { version: 1, topology: 'lab', steps: [{ ...steps[0], after: [] }] };
          expect((await attempt(world, upgraded, emptying as Plan)).failed).toBe(false);
          expect(await world.seen()).toEqual(before);
          const left = await readdir(join(home, 'lab', 'redis-2', 'data'));
          expect(left).not.toContain('dump.rdb');
        }),
      ),
      RUNS,
    );
  });
});
