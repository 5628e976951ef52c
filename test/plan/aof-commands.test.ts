import fc from 'fast-check';
import { commandsIn } from '../../src/plan/aof-commands.js';
import { command } from '../helpers/aof.js';

const SELECT = command('SELECT', '0');
const all = (...texts: readonly string[]) => Buffer.from(texts.join(''), 'latin1');
const [set, incr] = [command('set', 'k', 'v'), command('incr', 'n')];

describe('the commands of an append-only file', () => {
  it('are told without those that a file repeats for itself', () => {
    const remark = '#TS:1796063019\r\n';
    expect(commandsIn(all(remark, SELECT, set, SELECT, incr), true)).toEqual([set, incr]);
    const expiry = (at: string) => commandsIn(all(set, command('PEXPIREAT', 'k', at)), true);
    expect(expiry('1796063019311')).toEqual(expiry('1796063019312'));
  });

  it.each([
    ['a command', incr.slice(0, -3)],
    ['a transaction', command('MULTI') + incr + incr],
  ])('do not count where %s has no end, as for a server', (_, last) => {
    expect(commandsIn(all(set, last), true)).toEqual([set]);
    expect(commandsIn(all(set, command('MULTI'), incr, command('EXEC')), true)).toHaveLength(4);
  });

  it('are those after the dump that a file before 7.0 begins with', () => {
    expect(commandsIn(all('REDIS0009\xfa\x09*1\r\n\xff12345678', SELECT, set), true)).toEqual([
      set,
    ]);
  });

  it('are undefined where something else comes between', () => {
    expect(commandsIn(all(set, 'rubbish', incr), true)).toBeUndefined();
    expect(commandsIn(all('rubbish'), true)).toBeUndefined();
    expect(commandsIn(all(), true)).toEqual([]);
  });

  it('are found wherever a file is cut at its front', () => {
    const words = fc.array(fc.string({ unit: 'binary', maxLength: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(words, { minLength: 3, maxLength: 9 }), fc.nat(), (given, at) => {
        const texts = given.map((each) => command(...each.map((word) => `k${word}`)));
        const whole = commandsIn(all(...texts), true) ?? [];
        const cut = at % (all(...texts).length - (texts.at(-1) ?? '').length);
        const found = commandsIn(all(...texts).subarray(cut), false) ?? [];
        expect(found.length).toBeGreaterThan(0);
        expect(whole.slice(whole.length - found.length)).toEqual(found);
      }),
    );
  });
});
