import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';

/** The name of the image, made if it is not there. @throws Error with what the script says */
export function imageOf(server: string): Promise<string> {
  const script = fileURLToPath(new URL('../lab/image', import.meta.url));
  return new Promise((resolve, reject) => {
    execFile('sh', [script, server], (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim());
      else reject(new Error(`No image of ${server}: ${stderr.trim() || error.message}`));
    });
  });
}

/**
 * The same image with a server that does this first, and then what it always did. Its own program
 * must not be in /usr/local/sbin.
 * @param first lines of sh; `$*` are the server's arguments
 * @returns its name; whoever asks for it removes it
 */
export async function imageWith(docker: Docker, base: string, first: string): Promise<string> {
  const container = await docker.createContainer({ Image: base, Cmd: ['true'] });
  try {
    const tar = pack();
    const rest = 'PATH=/usr/local/bin:/usr/bin:/bin; exec redis-server "$@"';
    const script = `#!/bin/sh\n${first}\n${rest}\n`;
    tar.entry({ name: 'usr/local/sbin/redis-server', mode: 0o755 }, script);
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    await container.putArchive(Buffer.concat(chunks), { path: '/' });
    const [repo, tag] = [`rsent-test/broken-${process.pid}`, String(Date.now())];
    await container.commit({ repo, tag });
    return `${repo}:${tag}`;
  } finally {
    await container.remove({ force: true });
  }
}
