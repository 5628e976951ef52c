import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Attached, ExecSession } from '../engine.js';
import { Frames } from './frames.js';

/**
 * Keys with which the engine would leave a terminal. Its own, Ctrl-P and Ctrl-Q, would hold back
 * the Ctrl-P that calls the last command again; nobody types these.
 */
const NEVER_DETACH = 'ctrl-@,ctrl-_,ctrl-@,ctrl-_';

/** Start a command in a container, with its stdin open. */
export async function startExec(
  container: Docker.Container,
  command: readonly string[],
): Promise<ExecSession> {
  const { stdin, stdout, stderr, ended, close } = await attachExec(container, command, false);
  return {
    write: (text) => void stdin.write(text),
    onOutput: (listener) => {
      for (const each of [stdout, stderr]) {
        each.on('data', (chunk: Buffer) => listener(chunk.toString()));
      }
    },
    onEnd: (listener) => void ended.then(listener),
    close,
  };
}

/** The same with all its streams, on a terminal when asked to (POST /exec, hijacked). */
export async function attachExec(
  container: Docker.Container,
  command: readonly string[],
  tty: boolean,
): Promise<Attached> {
  const exec = await container.exec({
    Cmd: [...command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: tty,
    DetachKeys: NEVER_DETACH,
  });
  const stream = await exec.start({ hijack: true, stdin: true, Tty: tty });
  // A container that dies takes the connection with it; that is its end, not a failure of ours.
  stream.on('error', () => stream.destroy());
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const ended = deliver(stream, tty, stdout, stderr);
  return {
    stdin: stream,
    stdout,
    stderr,
    ended,
    // It may have ended meanwhile: then there is nothing to resize.
    resize: ({ rows, columns }) => exec.resize({ h: rows, w: columns }).catch(() => undefined),
    exitCode: async () => {
      const { Running, ExitCode } = await exec.inspect();
      return Running || ExitCode === null ? undefined : ExitCode;
    },
    close: () => {
      stream.end();
      stream.destroy();
    },
  };
}

/** Hand over what comes, no faster than it is taken. */
async function deliver(
  stream: Readable,
  tty: boolean,
  stdout: PassThrough,
  stderr: PassThrough,
): Promise<void> {
  const frames = new Frames();
  const taken = (chunk: Buffer) =>
    tty ? [{ stream: 'stdout' as const, content: chunk }] : frames.push(chunk);
  try {
    for await (const chunk of stream) {
      for (const { stream: which, content } of taken(chunk)) {
        const to = which === 'stdout' ? stdout : stderr;
        if (!to.write(content)) await once(to, 'drain');
      }
    }
  } catch {
    // The connection broke: what came before was handed over.
    stream.destroy();
  } finally {
    stdout.end();
    stderr.end();
  }
}
