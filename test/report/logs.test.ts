import fc from 'fast-check';
import colors from 'picocolors';
import { logJson, logText } from '../../src/report/logs.js';
import { hostileText } from '../helpers/hostile.js';
import { controlsIn, withoutColours } from '../helpers/terminal.js';

const at = '2026-01-02T03:04:05.000000000Z';
const line = (node: string, text: string) => ({ at, node, stream: 'stdout' as const, text });
const [plain, painted] = [colors.createColors(false), colors.createColors(true)];

describe('a line of a log', () => {
  it('stands behind the name of its node, all in one column', () => {
    expect(logText(line('redis-1', 'Ready'), 10, plain)).toBe('redis-1    | Ready');
    expect(logText(line('sentinel-1', '+sdown'), 10, plain)).toBe('sentinel-1 | +sdown');
    expect(logText(line('redis-1', ''), 7, plain)).toBe('redis-1 |');
  });

  it('has the colour of its node, each time the same', () => {
    const label = (node: string) => logText(line(node, 'x'), 10, painted).split('m')[0];
    const nodes = ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3'];
    expect(new Set(nodes.map(label)).size).toBe(6);
    expect(label('redis-6')).toBe(label('redis-1'));
    expect(withoutColours(logText(line('redis-1', 'x'), 10, painted))).toBe('redis-1    | x');
    // Whatever calls itself a node.
    expect(withoutColours(logText(line('someone', 'x'), 7, painted))).toBe('someone | x');
  });

  it('can do nothing to a terminal', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const one = text.replaceAll('\n', '').replaceAll('\t', '');
        expect(controlsIn(logText(line('redis-1', one), 7, plain))).toEqual([]);
        const told = JSON.parse(logJson(line('redis-1', one))) as { text: string };
        expect(controlsIn(told.text)).toEqual([]);
      }),
    );
  });

  it('is one document in one line for programs', () => {
    const json = logJson(line('redis-1', 'a\x1b[31mb"c'));
    expect(json).not.toContain('\n');
    expect(JSON.parse(json)).toEqual({ at, node: 'redis-1', stream: 'stdout', text: 'ab"c' });
  });
});
