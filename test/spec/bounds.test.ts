import { DrillFlags } from '../../src/cli/drill-inputs.js';
import { flagLayer } from '../../src/spec/layers.js';
import { recordedLayer } from '../../src/spec/recorded.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { aSpec } from '../helpers/topology.js';

const resolve = (...flags: Record<string, unknown>[]) =>
  resolveSpec(flags.map((each) => flagLayer(each))).spec;

describe('times that Sentinel cannot work with', () => {
  it.each([
    [{ failoverTimeout: '1' }, '--failover-timeout is 1ms; legal is 3s or more: '],
    [{ failoverTimeout: '2999ms' }, '--failover-timeout is 2999ms; legal is 3s or more: '],
    [{ downAfter: '199ms' }, '--down-after is 199ms; legal is 200ms or more: '],
  ])('are refused: %j', (flags, problem) => {
    expect(() => resolve(flags)).toThrow(problem);
  });

  it('are taken from the least on', () => {
    expect(resolve({ failoverTimeout: '3s', downAfter: '200ms' }).timing).toMatchObject({
      failoverTimeoutMs: 3000,
      downAfterMs: 200,
    });
  });

  it('stay as they are where they are: an existing topology can be changed all the same', () => {
    const timing = { downAfterMs: 1, failoverTimeoutMs: 1, parallelSyncs: 1 };
    const layers = [flagLayer({ failoverTimeout: '10s' }), recordedLayer(aSpec({ timing }))];
    expect(resolveSpec(layers).spec.timing).toMatchObject({
      failoverTimeoutMs: 10_000,
      downAfterMs: 1,
    });
  });

  it('are refused for a single drill, too', () => {
    const flags = new DrillFlags({ 'down-after': '1ms' });
    flags.common();
    expect(() => flags.check()).toThrow('--down-after is 1ms; legal is 200ms or more: ');
  });
});
