import { asEngineError, statusOf } from '../../../src/engine/docker/failure.js';
import { Refusal } from '../../../src/engine/docker/refusal.js';
import { EngineError, failedWith } from '../../../src/engine/engine.js';
import { RsentError } from '../../../src/model/errors.js';

const sort = (error: unknown) => asEngineError(error, 'do it', 'unix:///x.sock');

const apiError = (statusCode: number, message: string) => new Refusal(statusCode, message);

const systemError = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

describe('asEngineError: an answer of the engine', () => {
  it('is told in words for people, with what to do', () => {
    const words = 'Bind for 127.0.0.1:6379 failed: port is already allocated';
    expect(sort(apiError(500, words))).toMatchObject({
      ...{ kind: 'engine', failure: 'port-taken' },
      message: 'Docker could not do it: 127.0.0.1:6379 is in use on the engine’s machine.',
      hint: expect.stringContaining('--redis-port'),
    });
  });

  it.each([
    [404, 'not-found'],
    [500, 'other'],
  ])('is quoted as the engine’s where nobody knows it (%d)', (status, failure) => {
    const error = sort(apiError(status, `something\nnew ${'x'.repeat(1000)}`));
    expect(error).toMatchObject({ failure, hint: expect.stringContaining('engine’s own words') });
    expect(error.message).toMatch(
      /^Docker could not do it: it says "something new x{300,400}…"\.$/,
    );
  });
});

describe('asEngineError', () => {
  it.each([
    ['ECONNREFUSED', 'nothing listens there'],
    ['ECONNRESET', 'the connection was broken off'],
    ['ENOENT', 'there is no such socket'],
    ['EACCES', 'this user may not use it'],
    ['ENOTFOUND', 'the name is not known'],
    ['EAI_AGAIN', 'the name is not known'],
    ['EPIPE', 'the connection was broken off'],
    ['ETIMEDOUT', 'no answer comes'],
    ['EHOSTUNREACH', 'there is no way to that machine'],
    ['ENETUNREACH', 'there is no way to that machine'],
    ['HPE_INVALID_CONSTANT', 'what listens there is no Docker Engine'],
    ['EPROTO', 'what listens there does not speak TLS as it should'],
    ['CERT_HAS_EXPIRED', 'its certificate has expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'not signed by the authority'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'not signed by the authority'],
    ['ERR_OSSL_PEM_NO_START_LINE', 'the certificate files for it cannot be used'],
  ])('says why nobody answers, without the code: %s', (code, why) => {
    const error = sort(systemError(code));
    expect(error).toMatchObject({ failure: 'unreachable', hint: expect.any(String) });
    expect(error.message).toContain('No Docker Engine answers at unix:///x.sock: ');
    expect(error.message).toContain(why);
    expect(error.message).not.toContain(code);
  });

  it.each([
    ['a web page', apiError(404, '<html><body>404</body></html>')],
    ['no JSON', new SyntaxError('Unexpected token < in JSON at position 0')],
    ['no list where one should be', new TypeError('rows.map is not a function')],
  ])('knows that what answers is no engine: %s', (_, thrown) => {
    expect(sort(thrown)).toMatchObject({
      failure: 'unreachable',
      message:
        'No Docker Engine answers at unix:///x.sock: what listens there is no Docker Engine.',
    });
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
    ['an error', new Error('ERR_INVALID_ARG_TYPE: "x" must be a y')],
    ['a text', 'plain'],
    ['nothing', undefined],
  ])('never gives the words of a library: %s', (_, thrown) => {
    const { message, hint } = sort(thrown);
    expect(message).toMatch(/^Docker could not do it: something failed on the way /);
    expect(hint).toContain('--debug');
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
