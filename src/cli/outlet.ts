import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { codeOf } from '../model/errors.js';

/** stdout for what may be much or may never end. */
export interface Outlet {
  /** Write a line, and wait while its reader is busy with those before. */
  line(text: string): Promise<void>;
  /** Aborted when nobody reads it any more, as after `| head`: that is no failure. */
  readonly closed: AbortSignal;
}

/** The outlet over a stream. */
export function openOutlet(stream: Writable): Outlet {
  const controller = new AbortController();
  const closed = controller.signal;
  let failure: Error | undefined;
  stream.on('error', (error) => {
    if (codeOf(error) !== 'EPIPE') failure ??= error;
    controller.abort();
  });
  const line = async (text: string) => {
    if (!closed.aborted && !stream.write(`${text}\n`)) {
      await once(stream, 'drain', { signal: closed }).catch(() => undefined);
    }
    if (failure !== undefined) throw failure;
  };
  return { line, closed };
}
