import { asEngineError, statusOf } from '../../../src/engine/docker/failure.js';
import { EngineError, type EngineFailure, failedWith } from '../../../src/engine/engine.js';
import { RsentError } from '../../../src/model/errors.js';

const sort = (error: unknown) => asEngineError(error, 'do it', 'unix:///x.sock');

/** An error as docker-modem makes it. */
function apiError(statusCode: number, message: string): Error {
  const reason = `(HTTP code ${statusCode}) reason - ${message} `;
  return Object.assign(new Error(reason), { statusCode, reason: 'reason', json: { message } });
}

const systemError = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

describe('asEngineError: the words of Engines 20 to 28', () => {
  it.each<[EngineFailure, number, string]>([
    ['no-such-image', 404, 'No such image: redis:9.9'],
    ['no-such-image', 404, 'manifest for redis:9.9 not found: manifest unknown: manifest unknown'],
    [
      'no-such-image',
      404,
      "pull access denied for x, repository does not exist or may require 'docker login'",
    ],
    [
      'name-taken',
      409,
      'Conflict. The container name "/lab-redis-1" is already in use by container "abc". You have to remove (or rename) that container.',
    ],
    ['name-taken', 409, 'network with name lab-net already exists'],
    ['subnet-taken', 403, 'Pool overlaps with other one on this address space'],
    [
      'subnet-taken',
      400,
      'invalid pool request: Pool overlaps with other one on this address space',
    ],
    [
      'subnet-taken',
      403,
      'cannot create network abc (br-abc): conflicts with network def (br-def): networks have overlapping IPv4',
    ],
    [
      'port-taken',
      500,
      'driver failed programming external connectivity on endpoint lab-redis-1 (abc): Bind for 127.0.0.1:6379 failed: port is already allocated',
    ],
    [
      'port-taken',
      500,
      'driver failed programming external connectivity on endpoint x: Error starting userland proxy: listen tcp4 127.0.0.1:6379: bind: address already in use',
    ],
    [
      'port-taken',
      500,
      'failed to set up container networking: driver failed programming external connectivity on endpoint x (abc): failed to bind host port for 127.0.0.1:6379:172.29.0.2:6379/tcp: address already in use',
    ],
    [
      'no-fixed-address',
      400,
      'user specified IP address is supported only when connecting to networks with user configured subnets',
    ],
    ['not-found', 404, 'No such container: lab-redis-1'],
    ['not-found', 404, 'network lab-net not found'],
    ['other', 400, 'invalid mount config for type "bind": bind source path does not exist: /x'],
    ['other', 500, 'something new'],
  ])('%s (%d): %s', (failure, status, message) => {
    const error = sort(apiError(status, message));
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ kind: 'engine', failure });
    expect(error.message).toBe(`Docker could not do it: ${message}`);
  });
});

describe('asEngineError', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOENT',
    'EACCES',
    'ENOTFOUND',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
  ])('says that nobody answers: %s', (code) => {
    const error = sort(systemError(code));
    expect(error).toMatchObject({ failure: 'unreachable', hint: expect.any(String) });
    expect(error.message).toBe(`No Docker Engine answers at unix:///x.sock (${code}).`);
  });

  it('has another remedy for a socket that may not be used', () => {
    expect(sort(systemError('EACCES')).hint).toContain('group docker');
    expect(sort(systemError('ENOENT')).hint).not.toContain('group docker');
  });

  it('keeps the first error as the cause', () => {
    const error = apiError(500, 'x');
    expect(sort(error).cause).toBe(error);
  });

  it('lets through what rsent threw itself', () => {
    const own = new RsentError('interrupted', 'Interrupted.');
    expect(sort(own)).toBe(own);
  });

  it.each([
    ['an error without a body', new Error('plain'), 'plain'],
    ['a text', 'plain', 'plain'],
    ['nothing', undefined, 'undefined'],
    ['an error with another body', Object.assign(new Error('plain'), { json: 'x' }), 'plain'],
  ])('finds words in %s', (_, thrown, words) => {
    expect(sort(thrown).message).toBe(`Docker could not do it: ${words}`);
  });
});

describe('statusOf', () => {
  it.each([
    [{ statusCode: 404 }, 404],
    [{ statusCode: '404' }, undefined],
    [new Error('x'), undefined],
    [null, undefined],
    ['404', undefined],
  ])('of %j is %s', (thrown, status) => {
    expect(statusOf(thrown)).toBe(status);
  });
});

describe('failedWith', () => {
  it('is true for that failure only', () => {
    const error = new EngineError('port-taken', 'x');
    expect(failedWith(error, 'port-taken')).toBe(true);
    expect(failedWith(error, 'subnet-taken')).toBe(false);
    expect(failedWith(new Error('port-taken'), 'port-taken')).toBe(false);
  });
});
