const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/;

/**
 * Milliseconds of `5s`, `500ms`, `2m`, `1.5s`; a bare number is milliseconds, as in sentinel.conf.
 * Undefined when the text is not a duration of at least 1 ms.
 */
export function parseDuration(text: string | number): number | undefined {
  const match = FORM.exec(String(text).trim());
  if (match === null) return undefined;
  const unit = (match[2] ?? 'ms') as keyof typeof UNIT_MS;
  const ms = Math.round(Number(match[1]) * UNIT_MS[unit]);
  return ms >= 1 && ms <= 2 ** 31 - 1 ? ms : undefined;
}

/** The shortest exact form: `5s`, `1500ms`, `3m`. */
export function durationText(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
