import { jest } from '@jest/globals';
import type { Look, Observer } from '../../src/flow/observe.js';
import { Patience } from '../../src/flow/patience.js';
import { awaitHealthy } from '../../src/flow/verify.js';
import { expectRecord } from '../../src/health/expect.js';
import { healthyObservation } from '../helpers/observation.js';
import { aRecord } from '../helpers/topology.js';

jest.setTimeout(30_000);

const record = aRecord();
/** Nobody says what its ping period is. */
const observer = { look: async () => healthyObservation(record) } as unknown as Observer;

describe('waiting until a topology is healthy', () => {
  it('puts the ping period of the boot back although no Sentinel says that it has it', async () => {
    const answers = [false, false, true];
    let asked = 0;
    const calm = async () => answers[asked++] ?? true;
    const wait = {
      patience: new Patience(20_000),
      everyMs: 1,
      signal: new AbortController().signal,
    };
    const onRound = () => undefined;
    const judged = await awaitHealthy(observer, expectRecord(record), { ...wait, calm, onRound });
    expect([judged.verdict.healthy, asked]).toEqual([true, 3]);
  });

  it('does not wait for what somebody has made of a container', async () => {
    const life = { restarts: 0, exitCode: 0, killedForMemory: false, pids: 4 };
    const seen = healthyObservation(record);
    const nodes = seen.nodes.map((node) => (node.name === 'redis-2' ? { ...node, life } : node));
    let looks = 0;
    const limited = {
      look: async ({ flush = false }: Look) => {
        looks += 1;
        return flush ? { ...seen, nodes } : seen;
      },
    } as unknown as Observer;
    const wait = { patience: new Patience(60_000), everyMs: 1 };
    const { verdict } = await awaitHealthy(limited, expectRecord(record), {
      ...{ ...wait, signal: new AbortController().signal },
      onRound: () => undefined,
    });
    expect(verdict.findings).toEqual([expect.objectContaining({ code: 'container-differs' })]);
    expect(looks).toBe(2);
  });
});
