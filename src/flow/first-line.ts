import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** The next line, with its end; what there is of it when the stream ends before. */
export async function lineFrom(stream: Readable): Promise<Buffer> {
  let seen = Buffer.alloc(0);
  while (!seen.includes('\n')) {
    const chunk: Buffer | null = stream.read();
    if (chunk !== null) seen = Buffer.concat([seen, chunk]);
    else if (stream.readableEnded || stream.destroyed) return seen;
    else await Promise.race([once(stream, 'readable'), once(stream, 'end')]);
  }
  const end = seen.indexOf('\n') + 1;
  if (end < seen.length) stream.unshift(seen.subarray(end));
  return seen.subarray(0, end);
}

/** What comes of it; undefined where nothing has by then (ms), or the signal is aborted before. */
export async function inTime<T>(
  coming: Promise<T>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const end = new AbortController();
  const late = new Promise<undefined>((resolve) => {
    const timer = setTimeout(resolve, limitMs, undefined);
    const options = { once: true, signal: end.signal };
    signal?.addEventListener('abort', () => resolve(undefined), options);
    if (signal?.aborted) resolve(undefined);
    end.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  return Promise.race([coming, late]).finally(() => end.abort());
}
