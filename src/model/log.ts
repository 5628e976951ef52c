/** One line that a node has written. */
export interface LogLine {
  /** When, in UTC and with nine decimals, so that such texts have the order of time. */
  readonly at: string;
  readonly stream: 'stdout' | 'stderr' | 'file';
  /** Without its line end; as it came, so nothing to show to a terminal. */
  readonly text: string;
}

/** The same, with whose it is. */
export interface NodeLine extends LogLine {
  readonly node: string;
}
