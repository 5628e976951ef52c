import { type Engine, EngineError } from '../../src/engine/engine.js';
import { Patience } from '../../src/flow/patience.js';
import { actor } from '../../src/flow/steps.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { hostSubnets } from '../../src/host/network.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import type { Step } from '../../src/model/plan.js';
import { NodeClient } from '../../src/redis/client.js';
import { aContext, anEngine } from '../helpers/engine.js';
import { aRecord } from '../helpers/topology.js';

/** Does one step with an engine whose answers these are, and gives what it was told, in order. */
async function done(step: Step, answers: Partial<Engine> = {}) {
  const told: unknown[][] = [];
  const note =
    (verb: keyof Engine) =>
    async (...args: unknown[]) => {
      told.push([verb, ...args]);
      await (answers[verb] as ((...all: unknown[]) => Promise<void>) | undefined)?.(...args);
    };
  const verbs = ['createNetwork', 'removeNetwork', 'stopContainer', 'removeContainer', 'connect'];
  const engine = anEngine(
    Object.fromEntries(verbs.map((verb) => [verb, note(verb as keyof Engine)])),
  );
  const act = actor({
    ...{ context: aContext(engine), record: aRecord(), directory: '/data/lab' },
    files: LOCAL_FILES,
    ...{ access: OPEN_ACCESS, secrets: {}, patience: new Patience(0) },
    client: ({ published }) => new NodeClient(published, {}),
  });
  const outcome = await act(step).catch((error: unknown) => error);
  return { outcome, told };
}

describe('a network that is made', () => {
  const network = (subnet: string, seenFromHost: boolean): Step => ({
    ...{ kind: 'create-network', id: 'network', after: [], name: 'lab-net' },
    ...{ subnet, seenFromHost, labels: { a: 'b' } },
  });
  const made = (subnet: string) => [
    'createNetwork',
    { name: 'lab-net', subnet, labels: { a: 'b' } },
  ];
  /** Kept for measurements of others (RFC 2544): too narrow to be anybody’s route. */
  const HIDDEN = '198.18.7.16/29';

  it('is removed again where this host has to call it and has no way there', async () => {
    const { outcome, told } = await done(network(HIDDEN, true));
    expect(outcome).toMatchObject({
      failure: 'hidden-containers',
      message: expect.stringContaining('lab-net'),
    });
    expect(told).toEqual([made(HIDDEN), ['removeNetwork', 'lab-net']]);
  });

  it('stays where this host has a way there', async () => {
    const [subnet = ''] = await hostSubnets();
    const { outcome, told } = await done(network(subnet, true));
    expect(told).toEqual([made(subnet)]);
    expect(outcome).toBeInstanceOf(Function);
  });

  it('stays where nobody calls it from this host, and is removed when all is undone', async () => {
    const { outcome, told } = await done(network(HIDDEN, false));
    expect(told).toEqual([made(HIDDEN)]);
    await (outcome as () => Promise<void>)();
    expect(told[1]).toEqual(['removeNetwork', 'lab-net']);
  });
});

describe('a container that is removed', () => {
  const removal: Step = {
    ...{ kind: 'remove-container', id: 'remove:redis-1', after: [], container: 'lab-redis-1' },
  };
  const failing = (failure: 'not-found' | 'other') => async () => {
    throw new EngineError(failure, 'no');
  };
  const asked = (told: readonly unknown[][]) => told.map(([verb]) => verb);

  it('is asked to stop first, so that it writes out what it has', async () => {
    const { outcome, told } = await done(removal);
    expect(told).toEqual([
      ['stopContainer', 'lab-redis-1', expect.any(Number)],
      ['removeContainer', 'lab-redis-1'],
    ]);
    expect(outcome).toBeUndefined();
  });

  it('may be gone already', async () => {
    const { outcome, told } = await done(removal, { stopContainer: failing('not-found') });
    expect(asked(told)).toEqual(['stopContainer', 'removeContainer']);
    expect(outcome).toBeUndefined();
  });

  it('stays where it could not be stopped', async () => {
    const { outcome, told } = await done(removal, { stopContainer: failing('other') });
    expect(asked(told)).toEqual(['stopContainer']);
    expect(outcome).toMatchObject({ failure: 'other' });
  });
});

describe('a container that comes back on its network', () => {
  it.each([['172.30.5.11'], [undefined]])('is put at %s', async (ip) => {
    const at = ip === undefined ? {} : { ip };
    const step: Step = {
      ...{ kind: 'connect-container', id: 'heal:redis-1', after: [] },
      ...{ container: 'lab-redis-1', network: 'lab-net', ...at },
    };
    const { told } = await done(step);
    expect(told).toEqual([['connect', 'lab-redis-1', 'lab-net', ip]]);
  });
});
