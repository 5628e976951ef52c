import { EventLog } from '../../../src/flow/drill/event-log.js';
import type { Target } from '../../../src/flow/observe.js';
import { OPEN_ACCESS } from '../../../src/model/access.js';
import type { FailoverStep } from '../../../src/model/timeline.js';
import { bulk, FakeServer, list } from '../../helpers/fake-server.js';
import { withSilent } from '../../helpers/observation.js';
import { aSetting } from '../../helpers/scene.js';
import { useUntil } from '../../helpers/until.js';

const SUBSCRIBED = `*3\r\n${bulk('psubscribe')}${bulk('*')}:1\r\n`;
const until = useUntil();
const servers: FakeServer[] = [];
const logs: EventLog[] = [];

afterEach(async () => {
  for (const log of logs.splice(0)) log.close();
  for (const server of servers.splice(0)) await server.stop();
});

/** Sentinels that can be heard, and a log that listens to those that answered before. */
async function listening(silent: readonly string[] = []) {
  const { targets, before } = aSetting({}, (seen) =>
    silent.reduce((changed, name) => withSilent(changed, name, 'exited'), seen),
  );
  const sentinels = new Map<string, FakeServer>();
  const reachable = await Promise.all(
    targets.map(async (target): Promise<Target> => {
      if (target.kind !== 'sentinel') return target;
      const server = await FakeServer.start(() => SUBSCRIBED);
      servers.push(server);
      sentinels.set(target.name, server);
      return { ...target, published: server.address };
    }),
  );
  const steps: FailoverStep[] = [];
  const log = new EventLog();
  logs.push(log);
  const [master] = reachable;
  if (master === undefined) throw new Error('a topology without a master');
  await log.listen(
    reachable,
    OPEN_ACCESS,
    before.observation,
    master,
    (step) => void steps.push(step),
  );
  const publish = (name: string, channel: string, payload: string) => {
    for (const socket of sentinels.get(name)?.sockets ?? []) {
      socket.write(list('pmessage', '*', channel, payload));
    }
  };
  return { log, steps, sentinels, publish };
}

const DOWN = 'master mymaster 172.30.5.11 6379';

describe('EventLog', () => {
  it('hears every Sentinel, and tells the steps as they begin', async () => {
    const { log, steps, publish } = await listening();
    log.begin(Date.now());
    publish('sentinel-1', '+sdown', DOWN);
    publish('sentinel-3', '+sdown', DOWN);
    await until(() => log.events.length === 2);
    expect(log.events.map(({ sentinel }) => sentinel).sort()).toEqual(['sentinel-1', 'sentinel-3']);
    expect(steps.map(({ step }) => step)).toEqual([1]);
    log.rejoined(Date.now());
    expect(steps.map(({ step }) => step)).toEqual([1, 6]);
  });

  it('does not listen to a Sentinel that did not answer', async () => {
    const { sentinels } = await listening(['sentinel-2']);
    const heard = [...sentinels].map(([name, { connections }]) => [name, connections]);
    expect(heard).toEqual([
      ['sentinel-1', 1],
      ['sentinel-2', 0],
      ['sentinel-3', 1],
    ]);
  });

  it('notes when a Sentinel could not be heard, each time and each by itself', async () => {
    const { log, sentinels } = await listening();
    const whole = () => log.unheard.every(({ toAt }) => toAt !== undefined);
    for (const [nth, name] of ['sentinel-1', 'sentinel-3', 'sentinel-1'].entries()) {
      sentinels.get(name)?.breakConnections();
      await until(() => log.unheard.length === nth + 1 && whole());
    }
    expect(log.unheard.map(({ sentinel }) => sentinel)).toEqual([
      'sentinel-1',
      'sentinel-3',
      'sentinel-1',
    ]);
    for (const { fromAt, toAt } of log.unheard) expect(toAt).toBeGreaterThanOrEqual(fromAt);
  });

  it('ends each of two silences at once', async () => {
    const { log, sentinels } = await listening();
    for (const name of ['sentinel-1', 'sentinel-3']) sentinels.get(name)?.breakConnections();
    await until(() => log.unheard.filter(({ toAt }) => toAt !== undefined).length === 2);
    const names = log.unheard.map(({ sentinel }) => sentinel).sort();
    expect(names).toEqual(['sentinel-1', 'sentinel-3']);
  });

  it('leaves a silence open that has not ended', async () => {
    const { log, sentinels } = await listening();
    await sentinels.get('sentinel-2')?.stop();
    await until(() => log.unheard.length === 1);
    expect(log.unheard).toEqual([{ sentinel: 'sentinel-2', fromAt: expect.any(Number) }]);
  });

  it('leaves nobody listening when it is closed', async () => {
    const { log, sentinels } = await listening();
    log.close();
    const connected = () => [...sentinels.values()].some(({ sockets }) => sockets.size > 0);
    await until(() => !connected());
    expect(log.unheard).toEqual([]);
  });
});
