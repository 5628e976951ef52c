import { requireCuttable } from '../../src/flow/cuttable.js';
import { canBeCut, fixedIp } from '../../src/model/topology.js';
import { aRecordIn, nodeNamed } from '../helpers/topology.js';

describe('a node that is to be cut off', () => {
  it.each(['bridge', 'announce'] as const)('can be in the form %s', (form) => {
    expect(() => requireCuttable(aRecordIn(form))).not.toThrow();
    expect(canBeCut(aRecordIn(form).placement)).toBe(true);
  });

  it('cannot be in a pod: that is refused, with what can be done instead', () => {
    expect(canBeCut(aRecordIn('pod').placement)).toBe(false);
    expect(() => requireCuttable(aRecordIn('pod'))).toThrow(
      expect.objectContaining({
        kind: 'refused',
        message: expect.stringMatching(/^The nodes of lab share one network \(form pod\)/),
        hint: expect.stringMatching(/^Nothing was done\. .*pause.*--network bridge/),
      }),
    );
  });
});

describe('the address that a node must have on its network', () => {
  it.each([
    ['bridge', '172.30.5.12'],
    ['pod', undefined],
    ['announce', undefined],
  ] as const)('in the form %s is %s', (form, ip) => {
    const record = aRecordIn(form);
    expect(fixedIp(record.placement, nodeNamed(record, 'redis-2'))).toBe(ip);
  });
});
