/**
 * True when a version is this one or a later one. What is missing of it counts as 0; a text that is
 * no version is later than nothing. Unstable builds say 255.255.255 of themselves.
 */
export function isAtLeast(version: string, since: string): boolean {
  const [mine, other] = [version, since].map((each) => each.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const [a = 0, b = 0] = [mine?.[i], other?.[i]];
    if (a !== b) return a > b;
  }
  return true;
}

/** A server program and its version, as the program says of itself. */
export interface ServerProgram {
  /** Name of the program: redis-server or valkey-server. */
  readonly server: string;
  /** Three numbers: 7.0.15. */
  readonly version: string;
}
