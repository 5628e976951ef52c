import { fieldsOf, infoFields, instancesIn } from '../../src/health/raw.js';

const ok = (value: unknown) => ({ ok: true, value }) as const;

describe('a reply that is larger than any', () => {
  it('is a list of which the first thousand count', () => {
    const row = (i: number) => ['ip', '10.0.0.1', 'port', String(i)];
    const all = Array.from({ length: 100_000 }, (_, i) => row(i));
    const read = instancesIn(ok(all));
    expect(read).toHaveLength(1000);
    expect(read.at(-1)?.get('port')).toBe('999');
  });

  it('is a text of which the beginning counts', () => {
    const long = 'x'.repeat(1024 ** 2);
    expect(fieldsOf(['flags', long])?.get('flags')).toHaveLength(4096);
    expect(infoFields(`run_id:${long}`).get('run_id')).toHaveLength(4096);
  });

  it('is no list of instances where it is another kind', () => {
    expect(instancesIn(ok('text'))).toEqual([]);
    expect(instancesIn(ok(['text', 5, null, ['ip', 'a']]))).toHaveLength(1);
    expect(instancesIn({ ok: false, error: 'NOAUTH' })).toEqual([]);
  });
});
