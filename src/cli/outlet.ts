import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { codeOf } from '../model/errors.js';

/** stdout for what may be much or may never end. */
export interface Outlet {
  /** Write a line, and wait while its reader is busy with those before. */
  line(text: string): Promise<void>;
  /** Aborted when no more can be written, as after `| head`. Whether that is a failure main.ts tells. */
  readonly closed: AbortSignal;
}

/** The outlet over a stream. */
export function openOutlet(stream: Writable): Outlet {
  const controller = new AbortController();
  const closed = controller.signal;
  stream.on('error', () => controller.abort());
  const line = async (text: string) => {
    if (!closed.aborted && !stream.write(`${text}\n`)) {
      await once(stream, 'drain', { signal: closed }).catch(() => undefined);
    }
  };
  return { line, closed };
}

/**
 * Hear of it, once, when what is written to a stream is lost, as on a full disk. Whoever reads
 * along may leave (`| head`): that is no loss.
 */
export function onLoss(stream: Writable, tell: (error: Error) => void): void {
  let told = false;
  stream.on('error', (error) => {
    if (told || codeOf(error) === 'EPIPE') return;
    told = true;
    tell(error);
  });
}
