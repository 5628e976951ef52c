import type { Context } from '../../src/flow/context.js';
import { unhealthy } from '../../src/flow/unhealthy.js';
import type { Finding, Verdict } from '../../src/model/verdict.js';
import { aRecord } from '../helpers/topology.js';

const context = { engine: { logs: async () => 'the last line' } } as unknown as Context;
const FINDING: Finding = {
  ...{ severity: 'error', code: 'link-down', subject: 'redis-2' },
  ...{ saw: 'its link is down', expected: 'a link', fix: 'wait' },
};
const verdict = { healthy: false, state: 'degraded', findings: [FINDING] } as unknown as Verdict;

describe('what to do about a topology that did not become healthy', () => {
  const hintWhere = async (isUndone: boolean) =>
    (await unhealthy(context, aRecord(), verdict, { timeoutMs: 60_000, isUndone })).hint;

  it('is to keep what this run has made, where it is removed', async () => {
    expect(await hintWhere(true)).toMatch(/^rsent up lab --no-rollback keeps .* --timeout gives/);
  });

  it('is to look at what was there before, which stays', async () => {
    const hint = await hintWhere(false);
    expect(hint).toMatch(/^rsent status lab .* rsent logs lab .* --timeout gives/);
    expect(hint).not.toContain('--no-rollback');
  });
});
