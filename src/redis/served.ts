import { connect } from 'node:tls';
import { ASK_TIMEOUT_MS } from '../model/constants.js';
import type { Address } from '../model/topology.js';

/**
 * The certificate (PEM) that a server shows whoever connects, ended or of another authority as it
 * may be; undefined when there is no handshake within the time (ms). What is trusted is decided by
 * who asks it questions: nothing is said over this connection.
 */
export function servedCertificate(
  { ip, port }: Address,
  limitMs: number = ASK_TIMEOUT_MS,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: ip, port, rejectUnauthorized: false });
    const end = (certificate?: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(certificate);
    };
    const timer = setTimeout(end, limitMs, undefined);
    socket.on('secureConnect', () => end(socket.getPeerX509Certificate()?.toString()));
    socket.on('error', () => end());
    socket.on('close', () => end());
  });
}
