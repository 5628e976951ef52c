import type { Seat } from '../flow/seat.js';
import { openOutlet } from './outlet.js';

/** Where the user sits, of this process. */
export function ownSeat(): Seat {
  const { stdin, stdout, stderr } = process;
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
  const hangUp = new AbortController();
  if (isTerminal) {
    process.once('SIGHUP', () => hangUp.abort());
    stdin.once('end', () => hangUp.abort());
    // A terminal that is gone fails to be read.
    stdin.once('error', () => hangUp.abort());
  }
  return {
    ...{ stdin, stdout, stderr },
    tty: isTerminal,
    isRead: stdout.isTTY === true,
    closed: openOutlet(stdout).closed,
    hungUp: hangUp.signal,
    raw: () => {
      stdin.setRawMode(true);
      return () => void stdin.setRawMode(false);
    },
    size: () => ({ rows: stdout.rows || 24, columns: stdout.columns || 80 }),
    onResize: (listener) => void stdout.on('resize', listener),
    // Destroyed: a pipe that others hold open would keep this process waiting for its end.
    leave: () => void stdin.destroy(),
  };
}
