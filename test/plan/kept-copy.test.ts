import { copyOf, imageOfCopy, restoredConf } from '../../src/plan/kept-copy.js';

const OLD = 'port 6379\nreplicaof 10.0.0.1 6379\nuser default on nopass ~* +@all\n';
const PRESENT = 'port 6379\nlatency-tracking-info-percentiles 50\nreplicaof 10.0.0.3 6379\n';

describe('the copy of a conf', () => {
  const copy = copyOf(OLD, 'redis:6.0');

  it('tells whose it is, and is the conf as it was', () => {
    expect(imageOfCopy(copy)).toBe('redis:6.0');
    expect(restoredConf(copy, '', 'sentinel')).toBe(OLD);
    expect(imageOfCopy(OLD)).toBeUndefined();
  });

  it('keeps whom the node follows now, and nothing else of the newer server', () => {
    const text = restoredConf(copy, PRESENT, 'redis');
    expect(text).toContain('replicaof 10.0.0.3 6379');
    expect(text).not.toContain('10.0.0.1');
    expect(text).not.toContain('latency-tracking');
    expect(text).toContain('user default on nopass ~* +@all');
    expect(text).not.toContain('redis:6.0');
  });

  it('lets a node that is master now follow nobody', () => {
    expect(restoredConf(copy, 'port 6379\n', 'redis')).not.toContain('replicaof');
  });
});
