import { causesFirst } from '../../src/health/causes.js';
import type { Finding } from '../../src/model/verdict.js';

const finding = (code: string, subject = 'lab', severity: Finding['severity'] = 'error') => ({
  ...{ code, subject, severity, saw: 'a', expected: 'b', fix: 'c' },
});
const shown = (findings: readonly Finding[]) =>
  causesFirst(findings).map(({ code, followsFrom }) => [code, followsFrom]);

describe('causesFirst', () => {
  it('puts a cause of the whole first, a cause that explains something next, and what follows last', () => {
    const found = [
      finding('no-info', 'sentinel a'),
      finding('tilt', 'sentinel b'),
      finding('auth-pass-missing', 'sentinel a'),
      finding('pod-down'),
      finding('node-stopped', 'redis-1'),
    ];
    expect(shown(found)).toEqual([
      ['pod-down', undefined],
      ['auth-pass-missing', undefined],
      ['tilt', undefined],
      ['no-info', 'auth-pass-missing'],
      ['node-stopped', 'pod-down'],
    ]);
  });

  it('takes the cause of the whole where two explain a finding', () => {
    const found = [
      finding('auth-pass-missing', 'sentinel a'),
      finding('nodes-isolated'),
      finding('no-info', 'sentinel a'),
    ];
    expect(shown(found).at(-1)).toEqual(['no-info', 'nodes-isolated']);
  });

  it('explains by subject only what is about a server that the cause names', () => {
    const cause = finding('duplicate-sentinel-id', 'sentinel a, sentinel b');
    const found = [finding('peer-id', 'sentinel b'), finding('peer-id', 'sentinel c'), cause];
    expect(shown(found)).toEqual([
      ['duplicate-sentinel-id', undefined],
      ['peer-id', undefined],
      ['peer-id', 'duplicate-sentinel-id'],
    ]);
  });
});
