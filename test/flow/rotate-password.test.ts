import { withoutSecret } from '../../src/flow/rotate-password.js';

describe('withoutSecret', () => {
  it.each([
    [
      'the arguments of a command that a Sentinel of 6.0 does not know',
      'ERR unknown command `ACL`, with args beginning with: `SETUSER`, `default`, `>s3cret`, ',
      'ERR unknown command `ACL`',
    ],
    [
      'such arguments, the password cut off',
      "ERR unknown command 'ACL', with args beginning with: 'SETUSER' 'default' '>s3c",
      "ERR unknown command 'ACL'",
    ],
    [
      'a rule that is not accepted',
      "ERR Error in ACL SETUSER modifier '>s3cret': Syntax error",
      "ERR Error in ACL SETUSER modifier '>(password)': Syntax error",
    ],
    ['nothing of it', 'no answer within 2000 ms', 'no answer within 2000 ms'],
  ])('keeps to itself %s', (_, complaint, told) => {
    expect(withoutSecret(complaint, 's3cret')).toBe(told);
  });
});
