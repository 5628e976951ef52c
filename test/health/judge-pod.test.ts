import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import { healthyObservation } from '../helpers/observation.js';
import { aRecordIn } from '../helpers/topology.js';

const POD = expectRecord(aRecordIn('pod'));

describe('the container that holds the network of all nodes', () => {
  it.each(['absent', 'exited', 'paused'] as const)(
    'is the first thing to tell when it is %s',
    (pod) => {
      const { healthy, findings } = judge(POD, { ...healthyObservation(), pod });
      expect(healthy).toBe(false);
      expect(findings[0]).toMatchObject({
        code: 'pod-down',
        subject: 'lab',
        saw: expect.stringContaining(`lab-pod, which holds the network of all nodes, is ${pod}`),
      });
    },
  );

  it('is nothing to tell while it runs, nor where there is none', () => {
    const codes = (pod?: 'running') =>
      judge(POD, { ...healthyObservation(), ...(pod === undefined ? {} : { pod }) }).findings.map(
        ({ code }) => code,
      );
    expect(codes('running')).not.toContain('pod-down');
    expect(codes()).not.toContain('pod-down');
  });
});
