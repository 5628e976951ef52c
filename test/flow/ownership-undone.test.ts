import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { apply } from '../../src/flow/apply.js';
import { down } from '../../src/flow/down.js';
import { findOwn, findRunning, rejectTaken } from '../../src/flow/find.js';
import { takeBack } from '../../src/flow/roll-back.js';
import { findVolumes } from '../../src/flow/storage.js';
import { readRecord } from '../../src/host/data-home.js';
import { dieAt, failAt, heal, loseAt } from '../helpers/failing-engine.js';
import {
  actorIn,
  attempt,
  bringUp,
  grown,
  inWorld,
  onEngine,
  PLACES,
  planOf,
  record,
  withoutOwnName,
} from '../helpers/owned-world.js';
import { CHANGES, NODES, others, RUNS, tree } from '../helpers/somebodys.js';

jest.setTimeout(60_000);

describe('whatever rsent did not make', () => {
  it.each(PLACES)(
    'is as it was after an up that failed at any change, and nothing of rsent is left: %s',
    async (_, record) => {
      await fc.assert(
        fc.asyncProperty(
          others,
          CHANGES,
          fc.boolean(),
          fc.boolean(),
          (things, nth, loses, isThere) =>
            inWorld({ trees: [], things }, async (world) => {
              const { memory, context, home } = world;
              if (isThere) await mkdir(join(home, 'lab'));
              const before = await world.seen();
              const all = await readdir(home, { recursive: true });
              if (loses) loseAt(memory, nth);
              else failAt(memory, nth, false);
              const plan = planOf(home, record);
              const running = await findRunning(memory.engine, 'nobody', undefined);
              const { failed, journal } = await attempt(world, record, plan);
              heal(memory);
              if (!failed) return;
              await takeBack(context, record, plan, journal, running);
              expect(await world.seen()).toEqual(before);
              expect(await readdir(home, { recursive: true })).toEqual(all);
              expect(await onEngine(world, record)).toEqual([]);
            }),
        ),
        RUNS,
      );
    },
  );

  it.each(PLACES)(
    'is as it was after an up whose engine died at any change, and the next up or down knows of all: %s',
    async (_, record) => {
      await fc.assert(
        fc.asyncProperty(
          others,
          CHANGES,
          fc.boolean(),
          fc.boolean(),
          (things, nth, isMade, isDown) =>
            inWorld({ trees: [], things: withoutOwnName(things) }, async (world) => {
              const { memory, context, home } = world;
              const before = await world.seen();
              const said: string[] = [];
              const heard = { ...context.progress, failed: (line = '') => void said.push(line) };
              dieAt(memory, nth, isMade);
              const plan = planOf(home, record);
              const running = await findRunning(memory.engine, 'nobody', undefined);
              const { failed, journal } = await attempt(world, record, plan);
              if (!failed) return;
              await takeBack({ ...context, progress: heard }, record, plan, journal, running);
              expect(said).toEqual([expect.stringContaining('Not all could be rolled back')]);
              heal(memory);
              const again = await findOwn(context, 'lab');
              await rejectTaken(context, 'lab', again.existing);
              // Volumes come first: without a record they are known by their labels.
              if (again.existing === undefined) {
                expect(record.placement.storage).toBe('volume');
                await down(context, 'lab', true);
                expect(await onEngine(world, record)).toEqual([]);
                return;
              }
              expect(said[0]).toMatch(/rsent up lab goes on.*rsent down lab/);
              const containers = new Map(
                again.running.nodes.map(({ name, state }) => [name, state]),
              );
              const networkExists = again.running.network !== undefined;
              const volumes = await findVolumes(context, record, join(home, 'lab'), false);
              const next = planOf(home, record, {
                containers,
                networkExists,
                volumes,
                recorded: true,
              });
              if (!isDown) await apply(next, actorIn(world, record), [], context);
              await down(context, 'lab', true);
              expect(await world.seen()).toEqual(before);
              expect(await readdir(home)).toEqual(['beside']);
              expect(await onEngine(world, record)).toEqual([]);
            }),
        ),
        RUNS,
      );
    },
  );

  it.each(PLACES.filter(([where]) => where.startsWith('volumes')))(
    'is as it was after an up that ran out of room on the disk of its volumes: %s',
    async (_, record) => {
      const bytes = fc.integer({ min: 0, max: 2500 });
      await fc.assert(
        fc.asyncProperty(others, bytes, (things, room) =>
          inWorld({ trees: [], things }, async (world) => {
            const { memory, context, home } = world;
            const before = await world.seen();
            memory.room = room;
            const plan = planOf(home, record);
            const running = await findRunning(memory.engine, 'nobody', undefined);
            const { failed, journal } = await attempt(world, record, plan);
            heal(memory);
            expect(failed).toBe(true);
            await takeBack(context, record, plan, journal, running);
            expect(await world.seen()).toEqual(before);
            expect(await readdir(home)).toEqual(['beside']);
            expect(await onEngine(world, record)).toEqual([]);
          }),
        ),
        RUNS,
      );
    },
  );

  it('is as it was after a node that was to join failed at any change, and so is the topology', async () => {
    await fc.assert(
      fc.asyncProperty(
        tree,
        others,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (trees, things, nth, loses) =>
          inWorld({ trees, things }, async (world) => {
            const { memory, context, home } = world;
            await bringUp(world);
            const [before, all] = [await world.seen(), await readdir(home, { recursive: true })];
            const engine = () => JSON.stringify([[...memory.containers], [...memory.networks]]);
            const there = engine();
            const running = await findRunning(memory.engine, 'lab', record);
            const containers = new Map(
              NODES.map((name) => [name, memory.containers.get(`lab-${name}`)?.state ?? 'dead']),
            );
            const plan = planOf(home, grown, { containers, networkExists: true });
            if (loses) loseAt(memory, nth);
            else failAt(memory, nth, false);
            const { failed, journal } = await attempt(world, grown, plan);
            heal(memory);
            if (!failed) return;
            await takeBack(context, grown, plan, journal, running);
            expect(await world.seen()).toEqual(before);
            expect(engine()).toBe(there);
            expect(await readRecord(home, 'lab')).toEqual(record);
            expect(await readdir(home, { recursive: true })).toEqual(all);
          }),
      ),
      RUNS,
    );
  });
});
