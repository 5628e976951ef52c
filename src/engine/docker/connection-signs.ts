import { codeOf, messageOf } from '../../model/errors.js';
import { EngineError } from '../engine.js';
import { OverlongReply } from './replies.js';

const START =
  'Start it (for example: sudo systemctl start docker), or point DOCKER_HOST or docker context at one that runs. On Debian or Ubuntu, npm start in the rsent repository installs and starts one.';
const CERTIFICATES =
  'Look at ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH (or ~/.docker, or those of the docker context): they must be those that this engine was given.';
const ANOTHER =
  'Point DOCKER_HOST or docker context at a Docker Engine. Without TLS it usually listens on port 2375, with TLS on 2376.';
const NETWORK = 'Check the address in DOCKER_HOST or docker context, the network and firewalls.';

/** How a connection fails (the code of the error), what that means, and what to do. */
const CODES: readonly (readonly [code: RegExp, means: string, hint: string])[] = [
  [/^ECONNREFUSED$/, 'nothing listens there', START],
  [/^(ENOENT|ENOTDIR)$/, 'there is no such socket', START],
  [
    /^(EACCES|EPERM)$/,
    'this user may not use it',
    'Your user may not use it: add it to the group docker and log in again, or use sudo.',
  ],
  [/^(ENOTFOUND|EAI_\w+)$/, 'the name is not known', NETWORK],
  [/^(ETIMEDOUT|ERR_SOCKET_CONNECTION_TIMEOUT)$/, 'no answer comes', NETWORK],
  [/^(EHOST|ENET)/, 'there is no way to that machine', NETWORK],
  [
    /^(ECONN|EPIPE)/,
    'the connection was broken off',
    'Once docker info answers again: rsent status NAME shows what is there, and rsent up NAME or rsent down NAME goes on from there.',
  ],
  [
    /^(EMFILE|ENFILE)$/,
    'this machine has too many files open',
    'End what is not needed, or raise the limit: ulimit -n.',
  ],
  [/^HPE_/, 'what listens there is no Docker Engine', ANOTHER],
  [/^(EPROTO|ERR_SSL_)/, 'what listens there does not speak TLS as it should', CERTIFICATES],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired', CERTIFICATES],
  [/^ERR_TLS_CERT_ALTNAME/, 'its certificate is for another name', CERTIFICATES],
  [
    /^(CERT_|UNABLE_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_)/,
    'its certificate is not signed by the authority that was given',
    CERTIFICATES,
  ],
  [/^ERR_OSSL_/, 'the certificate files for it cannot be used', CERTIFICATES],
];

/**
 * What a connection that could not be made, or broke, or led to something else, means.
 * @returns undefined where an engine has answered
 */
export function connectionFailure(error: unknown, endpoint: string): EngineError | undefined {
  const [means, hint] = meaningOf(error) ?? [];
  if (means === undefined) return undefined;
  const message = `No Docker Engine answers at ${endpoint}: ${means}.`;
  return new EngineError('unreachable', message, { cause: error, ...(hint && { hint }) });
}

/**
 * An answer came, but none that an engine gives: a proxy, or another service, stands there.
 * @param doing what was asked of it: `list its containers`
 */
export function strangeFailure(error: Error, doing: string, endpoint: string): EngineError {
  const message =
    error instanceof OverlongReply
      ? `The answer of ${endpoint} has no end: more than ${error.mib} MiB came, as no Docker Engine has to say (${doing}).`
      : `The answer of ${endpoint} is not that of a Docker Engine (${doing}).`;
  return new EngineError('unreachable', message, { hint: ANOTHER, cause: error });
}

function meaningOf(error: unknown): readonly [means: string, hint: string] | undefined {
  const code = codeOf(error);
  const known = code === undefined ? undefined : CODES.find(([pattern]) => pattern.test(code));
  if (known !== undefined) return [known[1], known[2]];
  // Somebody else's reply: a web page, or words where a list should be.
  const isPage = /<(!doctype|html)/i.test(messageOf(error));
  const isOther = error instanceof SyntaxError || error instanceof TypeError || isPage;
  return isOther ? ['what listens there is no Docker Engine', ANOTHER] : undefined;
}
