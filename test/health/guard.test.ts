import { judge } from '../../src/health/judge.js';
import { parseRedis } from '../../src/health/parse-info.js';
import { healthyObservation, withRedis } from '../helpers/observation.js';
import { anExpectation } from '../helpers/topology.js';

describe('a master whose guard counts its replicas', () => {
  const seen = (goodReplicas: number) =>
    judge(
      anExpectation(),
      withRedis(healthyObservation(), 'redis-1', (facts) => ({ ...facts, goodReplicas })),
    );

  it('serves while it hears from enough of them', () => {
    expect(seen(1).state).toBe('healthy');
  });

  it('is down when it hears from too few: it refuses every write', () => {
    const { state, findings } = seen(0);
    expect(state).toBe('down');
    expect(findings.map(({ code, subject }) => `${subject}: ${code}`)).toEqual([
      'redis-1: writes-refused',
    ]);
  });

  it.each([
    ['its count', 'role:master\r\nmin_slaves_good_slaves:0\r\n', 0],
    ['nothing where the guard is off', 'role:master\r\n', undefined],
  ])('reads %s out of INFO', (_, info, expected) => {
    const answer = parseRedis({ info: { ok: true, value: info }, role: { ok: true, value: [] } });
    expect(answer.reached && answer.facts.goodReplicas).toBe(expected);
  });
});
