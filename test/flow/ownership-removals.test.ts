import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { down } from '../../src/flow/down.js';
import { lookForOrphans, removeOrphans } from '../../src/flow/prune.js';
import { failAt, heal } from '../helpers/failing-engine.js';
import { bringUp, inWorld, onEngine, record } from '../helpers/owned-world.js';
import { CHANGES, others, RUNS, tree } from '../helpers/somebodys.js';

jest.setTimeout(60_000);

describe('whatever rsent did not make', () => {
  it.each([false, true])(
    'is as it was after a down that failed or was killed at any change, and its repetition (--volumes: %s)',
    async (volumes) => {
      await fc.assert(
        fc.asyncProperty(tree, others, CHANGES, fc.boolean(), (trees, things, nth, isKill) =>
          inWorld({ trees, things }, async (world) => {
            await bringUp(world);
            const before = await world.seen();
            failAt(world.memory, nth, isKill);
            await down(world.context, 'lab', volumes).catch(() => undefined);
            heal(world.memory);
            expect(await world.seen()).toEqual(before);
            await down(world.context, 'lab', volumes);
            expect(await world.seen()).toEqual(before);
            expect(await onEngine(world, record)).toEqual([]);
            const left = await readdir(join(world.home, 'lab')).catch((): string[] => []);
            expect(left.includes('topology.json')).toBe(!volumes);
          }),
        ),
        RUNS,
      );
    },
  );

  it('is as it was after a prune of what has lost its record, at any failure', async () => {
    await fc.assert(
      fc.asyncProperty(tree, others, CHANGES, fc.boolean(), (trees, things, nth, isKill) =>
        inWorld({ trees, things }, async (world) => {
          await bringUp(world);
          await rm(join(world.home, 'lab', 'topology.json'));
          const before = await world.seen();
          const options = { volumes: true };
          for (const at of [nth, Number.POSITIVE_INFINITY]) {
            failAt(world.memory, at, isKill);
            const { remove } = await lookForOrphans(world.context, options);
            await removeOrphans(world.context, options, remove);
            expect(await world.seen()).toEqual(before);
          }
          expect(await onEngine(world, record)).toEqual([]);
        }),
      ),
      RUNS,
    );
  });
});
