import type { Readable, Writable } from 'node:stream';
import type { TerminalSize } from '../engine/engine.js';

/** Where the user sits: a terminal, or pipes. */
export interface Seat {
  /** True when both ends are a terminal. */
  readonly tty: boolean;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Aborted when nobody reads stdout any more. */
  readonly closed: AbortSignal;
  /** Aborted when the terminal is gone. */
  readonly hungUp: AbortSignal;
  /** What stdout shows is read by a person. */
  readonly isRead: boolean;
  /** Hand every key over as it is typed, and give how to end that. */
  raw(): () => void;
  size(): TerminalSize;
  onResize(listener: () => void): void;
  /** Read no more of stdin. */
  leave(): void;
}
