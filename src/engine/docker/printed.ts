import type Docker from 'dockerode';
import { Frames } from './frames.js';

/** What GET /containers/{id}/logs is asked for. */
export interface LogOptions {
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  readonly since?: string;
  readonly tail?: number;
}

/**
 * What a container has written, as a stream of frames. dockerode's own `logs` holds the whole log in
 * memory unless it follows it.
 */
export function openLog(
  container: Docker.Container,
  options: LogOptions,
  signal?: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  return new Promise((resolve, reject) => {
    const request = {
      path: `/containers/${container.id}/logs?`,
      method: 'GET',
      isStream: true,
      ...(signal === undefined ? {} : { abortSignal: signal }),
      statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
      options: { stdout: true, stderr: true, ...options },
    };
    container.modem.dial(request, (error: unknown, stream: AsyncIterable<Buffer>) =>
      error ? reject(error) : resolve(stream),
    );
  });
}

/** Far more than what is asked for here has (bytes). */
const MOST_BYTES = 1024 ** 2;

/**
 * What a container has written so far, as text. A container may write without end: what comes after
 * the first MiB is not read.
 * @param tail how many messages from the end, where not all
 */
export async function printed(container: Docker.Container, tail?: number): Promise<string> {
  const frames = new Frames();
  const found: Buffer[] = [];
  let size = 0;
  for await (const chunk of await openLog(container, tail === undefined ? {} : { tail })) {
    for (const { content } of frames.push(chunk)) {
      found.push(content);
      size += content.length;
    }
    if (size >= MOST_BYTES) break;
  }
  return Buffer.concat(found).subarray(0, MOST_BYTES).toString('utf8');
}
