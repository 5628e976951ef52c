import { shown } from '../model/shown.js';

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

/** In other programs a password stands there. */
const LIKE_A_PASSWORD: readonly string[] = ['auth', 'acl'];
/** No password of rsent is shorter, and few others are (characters). */
const SHORTEST = 8;

/**
 * What was said of a field and is neither on nor off, for a message; what may be a password is not
 * repeated.
 * @returns completes "--auth …"
 */
export function notBoolean(field: string, value: unknown): string {
  const isHidden =
    LIKE_A_PASSWORD.includes(field) && typeof value === 'string' && value.length >= SHORTEST;
  const said = isHidden
    ? 'has a value that is not repeated here, as it may be a password (--password-file takes one)'
    : `is ${shown(value)}`;
  return `${said}; legal is ${BOOLEAN_FORMS}`;
}
