import { jest } from '@jest/globals';
import type { RoleSample } from '../../../src/drill/roles.js';
import { RoleWatch } from '../../../src/flow/drill/role-watch.js';
import type { Observer, Target } from '../../../src/flow/observe.js';
import type { Reply } from '../../../src/model/observation.js';
import { settled } from '../../helpers/probe.js';
import { aSetting } from '../../helpers/scene.js';

const { targets } = aSetting();
const named = (name: string) => targets.find((target) => target.name === name) as Target;
const said = (...value: unknown[]): Reply => ({ ok: true, value });

/** Nodes that answer ROLE, or PING, so; what a node is asked is kept. */
function observerOf(answer: (question: string) => Reply | Promise<Reply>) {
  const asked: string[] = [];
  const client = () => ({
    ask: async ({ role }: { role: readonly string[] }) => {
      asked.push(role.join(' '));
      return { role: await answer(role.join(' ')) };
    },
  });
  return { asked, observer: { client } as unknown as Observer };
}

/** What a node is taken for that answers so. */
async function roleOf(name: string, reply: Reply): Promise<RoleSample['role'] | undefined> {
  const { observer } = observerOf(() => reply);
  const watch = new RoleWatch(observer, [named(name)]);
  await settled();
  watch.stop();
  return watch.samples[0]?.role;
}

describe('RoleWatch', () => {
  it.each<[string, Reply, RoleSample['role']]>([
    ['a master', said('master', 3129659, []), 'master'],
    ['a replica in sync', said('slave', '172.30.5.11', 6379, 'connected', 3167038), 'replica'],
    ['one that looks for its master', said('slave', '1.2.3.4', 6379, 'connect', -1), 'syncing'],
    ['one that shakes hands', said('slave', '1.2.3.4', 6379, 'handshake', -1), 'syncing'],
    ['one that copies', said('slave', '1.2.3.4', 6379, 'sync', -1), 'syncing'],
    ['one that refuses', { ok: false, error: 'ERR no' }, 'silent'],
    ['one that makes no sense', { ok: true, value: 'PONG' }, 'silent'],
  ])('takes %s for what it is', async (_, reply, role) => {
    expect(await roleOf('redis-1', reply)).toBe(role);
  });

  it('takes a Sentinel that answers for one', async () => {
    expect(await roleOf('sentinel-1', { ok: true, value: 'PONG' })).toBe('sentinel');
    expect(await roleOf('sentinel-1', { ok: false, error: 'no answer' })).toBe('silent');
  });

  it('asks each node what it can answer', async () => {
    const { asked, observer } = observerOf(() => said('master'));
    const watch = new RoleWatch(observer, targets);
    await settled();
    watch.stop();
    const firstRound = <T>(all: readonly T[]) => all.slice(0, targets.length);
    expect(firstRound(asked)).toEqual(['ROLE', 'ROLE', 'ROLE', 'PING', 'PING', 'PING']);
    const names = firstRound(watch.samples).map(({ node }) => node);
    expect(names).toEqual(targets.map(({ name }) => name));
  });

  it('keeps nothing that it hears after it was stopped', async () => {
    let answer: (reply: Reply) => void = () => {};
    const later = new Promise<Reply>((resolve) => {
      answer = resolve;
    });
    const { observer } = observerOf(() => later);
    const watch = new RoleWatch(observer, [named('redis-1')]);
    watch.stop();
    answer(said('master'));
    await settled();
    expect(watch.samples).toEqual([]);
  });

  it.each<[string, Reply, number]>([
    ['an answer counts from when it came', said('master'), 1700],
    ['a silence counts from the question on', { ok: false, error: 'no answer' }, 1000],
  ])('knows that %s', async (_, reply, at) => {
    let answer: (reply: Reply) => void = () => {};
    const later = new Promise<Reply>((resolve) => {
      answer = resolve;
    });
    jest.useFakeTimers({ now: 1000, doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      const watch = new RoleWatch(observerOf(() => later).observer, [named('redis-1')]);
      await settled();
      jest.setSystemTime(1700);
      answer(reply);
      await settled();
      watch.stop();
      expect(watch.samples[0]?.at).toBe(at);
    } finally {
      jest.useRealTimers();
    }
  });
});
