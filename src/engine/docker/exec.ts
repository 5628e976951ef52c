import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import type { ExecSession } from '../engine.js';

/** Start a command in a container, with its stdin open (POST /exec, hijacked). */
export async function startExec(
  container: Docker.Container,
  command: readonly string[],
): Promise<ExecSession> {
  const exec = await container.exec({
    Cmd: [...command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const output = new PassThrough();
  container.modem.demuxStream(stream, output, output);
  // A container that dies takes the connection with it; that is its end, not a failure of ours.
  stream.on('error', () => stream.destroy());
  return {
    write: (text) => void stream.write(text),
    onOutput: (listener) => void output.on('data', (chunk: Buffer) => listener(chunk.toString())),
    onEnd: (listener) => void stream.once('close', listener),
    close: () => {
      stream.end();
      stream.destroy();
    },
  };
}
