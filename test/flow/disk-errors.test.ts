import type { FileHandle } from 'node:fs/promises';
import { jest } from '@jest/globals';

const disk = await import('node:fs/promises');
const { mkdtemp, mkdir, readdir, readFile, rm, writeFile } = { ...disk };

/** What this disk refuses from its nth change on, or at that one alone. */
let refusal: { nth: number; code: string; lasts: boolean; removals: boolean } | undefined;
let count = 0;

function change(isRemoval = false): void {
  if (refusal === undefined || (isRemoval && !refusal.removals)) return;
  count++;
  const isNow = refusal.lasts ? count >= refusal.nth : count === refusal.nth;
  if (isNow) throw Object.assign(new Error(`${refusal.code}: refused`), { code: refusal.code });
}

type Act = (...args: never[]) => Promise<unknown>;

function guarded<T extends Act>(act: T, isRemoval = false): T {
  const guard = async (...args: never[]) => {
    change(isRemoval);
    return act(...args);
  };
  return guard as unknown as T;
}

async function open(...args: Parameters<typeof disk.open>): Promise<FileHandle> {
  const isNew = args[1] === 'wx';
  if (isNew) change();
  const handle = await disk.open(...args);
  if (isNew) handle.writeFile = guarded(handle.writeFile.bind(handle));
  return handle;
}

jest.unstable_mockModule('node:fs/promises', () => ({
  ...disk,
  ...{ default: disk, open, mkdir: guarded(disk.mkdir), link: guarded(disk.link) },
  ...{ rename: guarded(disk.rename), rm: guarded(disk.rm, true) },
  ...{ unlink: guarded(disk.unlink, true), rmdir: guarded(disk.rmdir, true) },
}));

const { default: fc } = await import('fast-check');
const { tmpdir } = await import('node:os');
const { join } = await import('node:path');
const { apply } = await import('../../src/flow/apply.js');
const { down } = await import('../../src/flow/down.js');
const { Files } = await import('../../src/flow/files.js');
const { findRunning, rejectTaken } = await import('../../src/flow/find.js');
const { Patience } = await import('../../src/flow/patience.js');
const { takeBack } = await import('../../src/flow/roll-back.js');
const { actor } = await import('../../src/flow/steps.js');
const { newAuthority } = await import('../../src/host/issue-certificate.js');
const { readRecord } = await import('../../src/host/data-home.js');
const { upPlan } = await import('../../src/plan/up-plan.js');
const { MemoryEngine } = await import('../helpers/memory-engine.js');
const { aSecurity, onePassword } = await import('../helpers/security.js');
const { aRecord } = await import('../helpers/topology.js');
const { facts } = await import('../helpers/up-facts.js');

type Context = import('../../src/flow/context.js').Context;
type Plan = import('../../src/model/plan.js').Plan;

const security = aSecurity({ auth: true, tls: true });
const record = {
  ...aRecord({ replicas: 0, sentinels: 1, quorum: 1, security }),
  origin: 'e'.repeat(32),
};
const secrets = {
  passwords: onePassword('a-password'),
  authority: await newAuthority({ commonName: 'rsent lab', days: 3650 }),
};

interface World {
  readonly home: string;
  readonly context: Context;
  readonly memory: InstanceType<typeof MemoryEngine>;
}

async function inWorld(act: (world: World) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'rsent-disk-'));
  const memory = new MemoryEngine();
  const quiet = () => {};
  const progress = { stage: quiet, done: quiet, failed: quiet, note: quiet };
  const context = {
    ...{ engine: memory.engine, home, state: join(home, '.state'), progress },
    files: new Files(memory.engine, home),
    signal: new AbortController().signal,
  } as unknown as Context;
  try {
    await writeFile(join(home, 'beside'), 'beside');
    await act({ home, context, memory });
  } finally {
    refusal = undefined;
    await rm(home, { recursive: true, force: true });
  }
}

function planIn(home: string): Plan {
  const plan = upPlan(facts({ record, directory: join(home, 'lab') }));
  const steps = plan.steps.filter(({ kind }) => !/^(await|check|hasten)-/.test(kind));
  return {
    ...plan,
    steps: steps.map((step) => ('seenFromHost' in step ? { ...step, seenFromHost: false } : step)),
  };
}

const actorIn = ({ context, home }: World) =>
  actor({
    ...{ context, record, secrets, directory: join(home, 'lab'), deadline: 0 },
    ...{ files: context.files.of(record), patience: new Patience(0), access: {} as never },
    client: () => {
      throw new Error('nobody is asked');
    },
  });

const aRefusal = fc.record({
  nth: fc.integer({ min: 1, max: 70 }),
  ...{ code: fc.constantFrom('ENOSPC', 'EACCES', 'EIO'), lasts: fc.boolean() },
});
const RUNS = { numRuns: 30 };
jest.setTimeout(60_000);

/** Fails at the disk, and is taken back. False when it has not failed. */
async function failedUp(world: World): Promise<boolean> {
  const { context, home, memory } = world;
  const [plan, journal] = [planIn(home), [] as Parameters<typeof takeBack>[3]];
  const running = await findRunning(memory.engine, 'nobody', undefined);
  count = 0;
  const failed = await apply(plan, actorIn(world), journal, context).then(
    () => false,
    () => true,
  );
  if (failed) await takeBack(context, record, plan, journal, running);
  return failed;
}

describe('a disk that refuses at any change', () => {
  it('leaves nothing of an up, as long as it lets go of what is there', async () => {
    await fc.assert(
      fc.asyncProperty(aRefusal, (at) =>
        inWorld(async (world) => {
          refusal = { ...at, removals: false };
          if (!(await failedUp(world))) return;
          expect(await readdir(world.home)).toEqual(['beside']);
          expect(world.memory.containers.size + world.memory.networks.size).toBe(0);
        }),
      ),
      RUNS,
    );
  });

  it('leaves of an up what its record tells of, or what no verb takes for a topology', async () => {
    await fc.assert(
      fc.asyncProperty(aRefusal, (at) =>
        inWorld(async (world) => {
          const { context, home } = world;
          refusal = { ...at, lasts: true, removals: true };
          if (!(await failedUp(world))) return;
          refusal = undefined;
          const kept = await readRecord(home, 'lab');
          await rejectTaken(context, 'lab', kept);
          await down(context, 'lab', true);
          const left = (await readdir(home)).filter((name) => !name.endsWith('.tmp'));
          // An empty directory is in nobody's way.
          expect(left).toEqual(
            kept === undefined && left.length === 2 ? ['beside', 'lab'] : ['beside'],
          );
          expect(await readFile(join(home, 'beside'), 'utf8')).toBe('beside');
        }),
      ),
      RUNS,
    );
  });

  it('keeps the record in a down until all else of its directory is gone', async () => {
    await fc.assert(
      fc.asyncProperty(aRefusal, (at) =>
        inWorld(async (world) => {
          const { context, home, memory } = world;
          await apply(planIn(home), actorIn(world), [], context);
          await mkdir(join(home, 'lab', 'redis-1', 'mine'));
          refusal = { ...at, nth: at.nth % 12, removals: true };
          count = 0;
          const failed = await down(context, 'lab', true).then(
            () => false,
            () => true,
          );
          refusal = undefined;
          if (failed) expect(await readRecord(home, 'lab')).toEqual(record);
          await down(context, 'lab', true);
          expect(await readdir(join(home, 'lab'), { recursive: true })).toEqual([
            ...['redis-1', 'redis-1/mine'],
          ]);
          expect(memory.containers.size).toBe(0);
        }),
      ),
      RUNS,
    );
  });
});
