import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import type { Observation } from '../../src/model/observation.js';
import { healthyObservation } from '../helpers/observation.js';
import { aRecordIn } from '../helpers/topology.js';

const record = aRecordIn('announce', { reach: { clients: 'containers', join: 'apps' } });
const first = (changes: Partial<Observation>) =>
  judge(expectRecord(record), { ...healthyObservation(), ...changes }).findings[0];

describe('a network that was joined', () => {
  it('is the first thing to tell when it is gone, with the command that makes it again', () => {
    expect(first({ joined: { kind: 'gone' } })).toMatchObject({
      ...{ code: 'network-gone', severity: 'error', subject: 'lab' },
      fix: 'docker network create apps makes it again; then rsent up lab. The data stays',
    });
  });

  it('is the first thing to tell when it was made again at another address', () => {
    const joined = { kind: 'other', was: '172.18.0.1', now: '172.19.0.1' } as const;
    expect(first({ joined })).toMatchObject({
      code: 'network-made-again',
      saw: 'the network apps was removed and made again: it was at 172.18.0.1, and is at 172.19.0.1',
    });
  });

  it('is, too, where only its containers show it', () => {
    expect(first({ stranded: true })).toMatchObject({ code: 'network-made-again' });
  });

  it('is nothing to tell while it is there', () => {
    const codes = judge(expectRecord(record), healthyObservation()).findings.map(
      ({ code }) => code,
    );
    expect(codes.filter((code) => code.startsWith('network-'))).toEqual([]);
  });
});
