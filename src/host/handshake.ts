import { duplexPair } from 'node:stream';
import { connect, createSecureContext, TLSSocket } from 'node:tls';
import type { GivenCertificate } from '../model/certificate.js';
import { messageOf } from '../model/errors.js';

/**
 * Why a client that trusts the authority would not believe a server with this certificate, in the
 * words of OpenSSL, which Redis asks as well; undefined when it would. Its names are not looked at.
 * Both talk in memory.
 */
export function handshakeRefusal({
  certPem,
  keyPem,
  caPem,
}: GivenCertificate): Promise<string | undefined> {
  return new Promise((resolve) => {
    const [here, there] = duplexPair();
    const done = (error?: unknown) => {
      here.destroy();
      there.destroy();
      resolve(error === undefined ? undefined : messageOf(error));
    };
    try {
      const secureContext = createSecureContext({ cert: certPem, key: keyPem });
      new TLSSocket(there, { isServer: true, secureContext }).on('error', done);
      const checkServerIdentity = () => undefined;
      connect({ socket: here, ca: caPem, checkServerIdentity }, () => done()).on('error', done);
    } catch (error) {
      done(error);
    }
  });
}
