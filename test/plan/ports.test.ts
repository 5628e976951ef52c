import { choosePorts } from '../../src/plan/ports.js';

const need = (first: number, count: number, named: boolean) => ({
  choice: { first, named },
  count,
  flag: '--redis-port',
});
const taken = (...ports: number[]) => ports.map((port) => ({ port, holder: `holder of ${port}` }));

describe('choosePorts', () => {
  it.each<[string, number[], number[]]>([
    ['none is taken', [], [6379, 6380, 6381]],
    ['the first is taken', [6379], [6380, 6381, 6382]],
    ['one in the middle is taken', [6380], [6379, 6381, 6382]],
    ['others are taken', [6378, 6390], [6379, 6380, 6381]],
  ])('gives the next free ones when %s', (_, ports, expected) => {
    expect(choosePorts(need(6379, 3, false), taken(...ports))).toEqual(expected);
  });

  it('gives exactly the named ones', () => {
    expect(choosePorts(need(7000, 3, true), taken(6999, 7003))).toEqual([7000, 7001, 7002]);
  });

  it('names every taken port of the named ones with its holder', () => {
    expect(() => choosePorts(need(7000, 3, true), taken(7000, 7002, 7009))).toThrow(
      expect.objectContaining({
        kind: 'topology',
        message: [
          '--redis-port 7000 needs 3 free ports from there on:',
          '  - port 7000 is held by holder of 7000',
          '  - port 7002 is held by holder of 7002',
        ].join('\n'),
      }),
    );
  });

  it('uses the last port there is, and says so when it does not suffice', () => {
    expect(choosePorts(need(65534, 2, false), [])).toEqual([65534, 65535]);
    expect(() => choosePorts(need(65534, 2, false), taken(65535))).toThrow(
      expect.objectContaining({ kind: 'topology', hint: expect.stringContaining('--redis-port') }),
    );
  });

  it('needs nothing for nothing', () => {
    expect(choosePorts(need(6379, 0, false), [])).toEqual([]);
  });
});
