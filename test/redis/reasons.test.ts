import { HUNG_UP, reasonOf, Unanswered } from '../../src/redis/reasons.js';

function failure(message: string, code?: string, name = 'Error'): Error {
  return Object.assign(new Error(message), { name, ...(code === undefined ? {} : { code }) });
}

describe('why a server could not be asked', () => {
  it.each<[string, Error, string]>([
    [
      'the server’s own words',
      failure('ERR max number of clients reached', undefined, 'ReplyError'),
      'ERR max number of clients reached',
    ],
    ['rsent’s own', new Unanswered('no answer within 2000 ms'), 'no answer within 2000 ms'],
    [
      'a refused connection',
      failure('connect ECONNREFUSED 10.0.0.1:6379', 'ECONNREFUSED'),
      'connection refused',
    ],
    [
      'an attempt to connect that the library gave up',
      failure('connect ETIMEDOUT'),
      'no answer to the attempt to connect',
    ],
    [
      'no route',
      failure('connect EHOSTUNREACH 10.0.0.1', 'EHOSTUNREACH'),
      'there is no route to it',
    ],
    [
      'an ended certificate',
      failure('certificate has expired', 'CERT_HAS_EXPIRED'),
      'its certificate has expired',
    ],
    [
      'another authority',
      failure('self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'),
      'its certificate was not signed by the authority that rsent knows',
    ],
    [
      'no TLS',
      failure('error:0A00010B:SSL routines::wrong version number', 'ERR_SSL_WRONG_VERSION_NUMBER'),
      'it does not speak TLS, or in no way that this machine does',
    ],
  ])('is told for %s', (_, error, words) => {
    expect(reasonOf(error)).toBe(words);
  });

  it.each([
    "Stream isn't writeable and enableOfflineQueue options is false",
    'Connection is closed.',
    'Command queue state error. If you can reproduce this, please report it.',
    'Reached the max retries per request limit (which is 0).',
    'Socket closed unexpectedly',
    'anything that a later version of the library may say',
  ])('is never %j', (words) => {
    expect(reasonOf(failure(words))).toBe(HUNG_UP);
  });
});
