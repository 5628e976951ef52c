const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/;
/** `1:M 02 Jan 2026 03:04:05.678 * `, by Redis and Valkey unless they are told otherwise. */
const REDIS = /^\d+:[A-Z] (\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d)\.(\d{3}) /;
/** `1:signal-handler (1795368725) `. */
const SIGNAL_HANDLER = /^\d+:signal-handler \((\d{1,10})\) /;

/**
 * A time in the form in which log lines carry it: UTC, nine decimals, so that the order of texts
 * is that of time. Undefined for what is no time.
 */
export function instantOf(text: string): string | undefined {
  const [, whole = '', decimals = '', zone = ''] = RFC3339.exec(text) ?? [];
  return precise(Date.parse(`${whole}${zone}`), decimals);
}

/**
 * When Redis itself says that it has written a line. It tells no zone; containers are in UTC unless
 * an image says otherwise. A signal handler tells no more than the second, and the lines of the
 * picture at its start tell nothing: these go with the line before.
 * @param before time of that line
 */
export function redisInstant(line: string, before: string): string {
  const [, whole = '', decimals = ''] = REDIS.exec(line) ?? [];
  const [, second] = SIGNAL_HANDLER.exec(line) ?? [];
  if (second === undefined) return precise(Date.parse(`${whole} UTC`), decimals) ?? before;
  const began = precise(Number(second) * 1000, '') ?? before;
  return began > before ? began : before;
}

/** The same of a clock (Date.now(), ms). */
export function instantAt(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z');
}

/** Seconds since 1970 with their decimals, as the Engine API wants them. */
export function unixTime(instant: string): string {
  return `${Math.floor(Date.parse(instant) / 1000)}.${instant.slice(20, 29)}`;
}

function precise(ms: number, decimals: string): string | undefined {
  if (Number.isNaN(ms)) return undefined;
  const text = new Date(ms).toISOString();
  // Years beyond 9999 have another form, and no place in this order.
  return text.length === 24 ? `${text.slice(0, 19)}.${decimals.padEnd(9, '0')}Z` : undefined;
}
