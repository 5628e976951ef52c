import fc from 'fast-check';
import { newPassword } from '../../src/host/secrets.js';
import { passwordProblem } from '../../src/spec/password.js';
import { hostileText, legalPassword } from '../helpers/hostile.js';

const LEGAL = 'legal is 8 to 128 visible ASCII characters without spaces, quotes, "\\", "#", "<"';

describe('passwordProblem', () => {
  it.each<[string, string]>([
    ['the shortest', 'a2345678'],
    ['the longest', 'a'.repeat(128)],
    ['signs that mean much elsewhere', '$&$(x)`~*?[]{}|;!%^@/=+-_:,.'],
    ['a variable of a template', '{{port}}'],
  ])('lets %s pass', (_, password) => {
    expect(passwordProblem(password)).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'it has 0 characters'],
    ['one too few', 'a234567', 'it has 7 characters'],
    ['one too many', 'a'.repeat(129), 'it has 129 characters'],
    ['a space', 'abcd efgh', 'its character number 5'],
    ['a line end', 'abcdefgh\n', 'its character number 9'],
    ['a tab', '\tabcdefgh', 'its character number 1'],
    ['a NUL', 'abcdefg\0', 'its character number 8'],
    ['DEL', 'abcdefg\x7f', 'its character number 8'],
    ['a double quote', 'abcd"efgh', 'its character number 5'],
    ['a single quote', "abcd'efgh", 'its character number 5'],
    ['a backslash', 'abcd\\efgh', 'its character number 5'],
    ['a comment sign', '#abcdefgh', 'its character number 1'],
    ['the mark that stands for it', '<rsent:password>', 'its character number 1'],
    ['a letter beyond ASCII', 'abcdefgü', 'its character number 8'],
    ['an emoji', '😀abcdefg', 'its character number 1'],
  ])('refuses %s, says where, and what is legal', (_, password, where) => {
    const problem = passwordProblem(password);
    expect(problem).toContain(where);
    expect(problem).toContain(LEGAL);
  });

  it('has nothing against those that rsent makes', () => {
    const made = Array.from({ length: 200 }, newPassword);
    expect(made.filter((each) => passwordProblem(each) !== undefined)).toEqual([]);
    expect(new Set(made).size).toBe(made.length);
    expect(made.every((each) => each.length === 32)).toBe(true);
  });

  it('takes every text of its own characters and no other', () => {
    const own = /^(?:(?!["'\\#<>])[\x21-\x7e]){8,128}$/;
    const any = fc.oneof(legalPassword, hostileText, fc.string({ minLength: 7, maxLength: 130 }));
    fc.assert(
      fc.property(any, (text) => {
        expect(passwordProblem(text) === undefined).toBe(own.test(text));
      }),
    );
  });

  it('never says the password', () => {
    const withFault = fc
      .tuple(legalPassword, fc.constantFrom(' ', '"', "'", '\\', '#', '<', '\n', 'ü'), fc.nat(128))
      .map(([text, bad, at]) => text.slice(0, at) + bad + text.slice(at));
    const any = fc.oneof(withFault, hostileText, fc.string({ minLength: 4, maxLength: 7 }));
    // What is always said: a password that is a part of that cannot be kept out.
    const always = passwordProblem('') ?? '';
    fc.assert(
      fc.property(any, (password) => {
        fc.pre(password.length >= 4 && !always.includes(password));
        const problem = passwordProblem(password) ?? '';
        expect(problem).not.toContain(password);
        for (let at = 0; at + 12 <= password.length && at < 100; at++) {
          const part = password.slice(at, at + 12);
          if (!/^(.)\1*$/s.test(part)) expect(problem).not.toContain(part);
        }
      }),
    );
  });
});
