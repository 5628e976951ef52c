import { readdir, readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';

/** What a server answers to one inline command; nothing when it hangs up. With a CA over TLS. */
export function rawReply(address: string, command: string, ca?: string): Promise<string> {
  const [host = '', port] = address.split(':');
  const where = { host, port: Number(port) };
  return new Promise((resolve, reject) => {
    const socket = ca === undefined ? createConnection(where) : connect({ ...where, ca });
    socket.setTimeout(5000, () => socket.destroy(new Error(`${address} does not answer`)));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve('') : reject(error),
    );
    socket.on('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.on('close', () => resolve(''));
    socket.write(`${command}\r\n`);
  });
}

/** The certificate that a server shows. */
export function certificateOf(address: string): Promise<string> {
  const [host = '', port] = address.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Command line of every process, its words with spaces between. */
export async function commandLines(): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const read = (id: string) => readFile(`/proc/${id}/cmdline`, 'latin1').catch(() => '');
  return (await Promise.all(ids.map(read))).map((line) => line.replaceAll('\0', ' '));
}

/** Command line and environment of every process that can be looked at. */
export async function processes(): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const read = (path: string) => readFile(path, 'latin1').catch(() => '');
  return Promise.all(
    ids.map(
      async (id) => (await read(`/proc/${id}/cmdline`)) + (await read(`/proc/${id}/environ`)),
    ),
  );
}

/** Every file below a directory. */
export async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
}
