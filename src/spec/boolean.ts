/** Completes the sentence "legal is …". */
export const BOOLEAN_FORMS = 'true or false, yes or no, on or off, 1 or 0';

const KNOWN: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/**
 * What a flag, a variable or a spec file says of something that is either on or off, in any case.
 * Undefined for anything else: neither on nor off may be guessed where data or access depend on it.
 */
export function parseBoolean(value: unknown): boolean | undefined {
  const text = String(value).toLowerCase();
  const isScalar = typeof value !== 'object' && typeof value !== 'function';
  return isScalar && Object.hasOwn(KNOWN, text) ? KNOWN[text] : undefined;
}
