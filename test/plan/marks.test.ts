import { createHash } from 'node:crypto';
import { type Passwords, USERS } from '../../src/model/access.js';
import { hashMark, passwordMark, withSecrets } from '../../src/plan/marks.js';
import { FIELDS } from '../../src/spec/fields.js';
import { passwordProblem } from '../../src/spec/password.js';
import { OWN_PASSWORDS, onePassword } from '../helpers/security.js';

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
const ALL_MARKS = USERS.flatMap((user) => [passwordMark(user), hashMark(user)]);

describe('a mark', () => {
  it('is another one for each user and each use', () => {
    expect(new Set(ALL_MARKS).size).toBe(8);
  });

  it.each(ALL_MARKS)('is no part of what a spec may say, and no password: %s', (mark) => {
    for (const field of ['name', 'masterName', 'image', 'publish', 'logFile'] as const) {
      expect([field, FIELDS[field].safeParse(`a${mark}`).success]).toEqual([field, false]);
      expect([field, FIELDS[field].safeParse(mark).success]).toEqual([field, false]);
    }
    expect(passwordProblem(mark)).toBeDefined();
  });
});

describe('withSecrets', () => {
  it.each(USERS)('puts the password and the hash of %s where its marks are', (user) => {
    const content = `a ${passwordMark(user)} b #${hashMark(user)} c`;
    const password = OWN_PASSWORDS[user];
    expect(withSecrets(content, OWN_PASSWORDS)).toBe(`a ${password} b #${sha256(password)} c`);
  });

  it('does so wherever a mark is, and however often', () => {
    const content = `${ALL_MARKS.join('')}\n"${ALL_MARKS.join('"\n"')}"\n`;
    const secrets = USERS.flatMap((user) => [OWN_PASSWORDS[user], sha256(OWN_PASSWORDS[user])]);
    expect(withSecrets(content, OWN_PASSWORDS)).toBe(
      `${secrets.join('')}\n"${secrets.join('"\n"')}"\n`,
    );
  });

  it('knows a password by its SHA-256, as Redis does', () => {
    // echo -n abc | sha256sum
    expect(withSecrets(hashMark('app'), onePassword('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it.each(['$&-password', '$1-password', '$`$$', '{{port}}', "$'-password", '$<user>-word'])(
    'takes a password as it is, whatever a replacement could mean by it: %s',
    (password) => {
      const content = `x ${passwordMark('sentinel')} ${hashMark('sentinel')} y`;
      expect(withSecrets(content, onePassword(password))).toBe(
        `x ${password} ${sha256(password)} y`,
      );
    },
  );

  it('never takes a password for a mark', () => {
    const tricky: Passwords = { ...OWN_PASSWORDS, app: passwordMark('rsent') };
    expect(withSecrets(passwordMark('app'), tricky)).toBe(passwordMark('rsent'));
  });

  it.each([
    '<rsent:password>',
    '<rsent:password:root>',
    '<rsent:password:__proto__>',
    '<rsent:sha256:APP>',
    '<rsent:password:app',
    'rsent:password:app',
  ])('leaves what is no mark: %s', (text) => {
    expect(withSecrets(text, OWN_PASSWORDS)).toBe(text);
  });

  it('leaves everything where there are no passwords, even what looks like a mark', () => {
    const content = `port 6379\n# ${ALL_MARKS.join(' ')}\n`;
    expect(withSecrets(content, undefined)).toBe(content);
  });
});
