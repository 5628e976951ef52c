import type { Context } from '../../../src/flow/context.js';
import { campaign, tried } from '../../../src/flow/drill/campaign.js';
import { RsentError } from '../../../src/model/errors.js';
import { junitXml } from '../../../src/report/junit.js';
import { crashReport } from '../../helpers/drill-report.js';
import { anOrderedDrill, silentProgress } from '../../helpers/scene.js';

const { signal } = new AbortController();

describe('tried', () => {
  it('gives the report of a drill, and how long it took', async () => {
    const report = crashReport();
    const { run, thrown } = await tried({ signal }, 'crash master', async () => report);
    expect([run.title, run.report, thrown]).toEqual(['crash master', report, undefined]);
    expect(run.tookMs).toBeGreaterThanOrEqual(0);
  });

  it.each<[string, Error]>([
    ['a server', new Error('127.0.0.1:6379: CONFIG: ERR unknown command')],
    ['the engine', new RsentError('engine', 'The engine does not answer.')],
  ])('keeps the words of %s that ended it', async (_, error) => {
    const { run, thrown } = await tried({ signal }, 'crash master', () => Promise.reject(error));
    expect(run).toMatchObject({ title: 'crash master', error: error.message });
    expect(thrown).toBeInstanceOf(RsentError);
    expect(thrown?.message).toContain(error.message);
  });

  it('ends with an interruption, whatever that made the drill say', async () => {
    const user = new AbortController();
    const broken = tried(user, 'x', () => {
      user.abort();
      return Promise.reject(new Error('the connection was closed'));
    });
    await expect(broken).rejects.toThrow('the connection was closed');
    const interrupted = new RsentError('interrupted', 'Interrupted.');
    await expect(tried({ signal }, 'x', () => Promise.reject(interrupted))).rejects.toBe(
      interrupted,
    );
  });
});

describe('campaign', () => {
  it('tries every drill and has a report of all, also where the engine fails in each', async () => {
    const context = {
      home: '/nowhere',
      signal,
      progress: silentProgress(),
      engine: {
        containers: () => Promise.reject(new Error('socket hang up')),
        networks: async () => [],
      },
    } as unknown as Context;
    const options = anOrderedDrill();
    const orders = ['crash master', 'hang master'].map((title) => ({ title, options }));
    const ended: string[] = [];
    const report = await campaign(context, 'lab', orders, {
      onBegin: () => {},
      onEnd: ({ title }) => void ended.push(title),
      isRepeat: false,
    });
    expect(ended).toEqual(['crash master', 'hang master']);
    expect(report.passed).toBe(false);
    expect(report.runs.map(({ error }) => error)).toEqual(['socket hang up', 'socket hang up']);
    expect(junitXml(report).match(/<error /g)).toHaveLength(2);
  });
});
