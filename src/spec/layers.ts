import { clipped, shown } from '../model/shown.js';
import { BOOLEAN_FORMS, notBoolean } from './boolean.js';
import { FIELDS, type FieldName, type SpecInput } from './fields.js';

/** More of one value helps nobody. */
const MOST_PARTS = 10;

/** Raw values from one place, before anyone has checked them. */
export interface Layer {
  readonly values: Readonly<Record<string, unknown>>;
  /** True for what exists already: nobody asks for it now. */
  readonly isKept?: true;
  /**
   * How the user knows this key: `rsent.yaml:4: quorum` or `--quorum`.
   * @param parts lead from the key to a part of its value
   */
  where(key: string, ...parts: readonly PropertyKey[]): string;
}

/**
 * Flags by their field names; undefined ones count as not given.
 * @param variables by the name of its flag, the variable that has said what no flag has
 */
export function flagLayer(
  flags: Readonly<Record<string, unknown>>,
  variables: ReadonlyMap<string, string> = new Map(),
): Layer {
  const said = (key: string) => variables.get(kebab(key)) ?? `--${kebab(key)}`;
  const where: Layer['where'] = (key, ...parts) =>
    [key === 'name' ? 'name' : said(key), ...parts].map(clipped).join('.');
  return { values: flags, where };
}

/** Each value checked by itself; every illegal one becomes a problem, the legal ones come back. */
export function checkLayer(layer: Layer): { input: SpecInput; problems: string[] } {
  const input: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, value] of Object.entries(layer.values)) {
    if (value === undefined) continue;
    if (!isField(key)) {
      problems.push(
        `${layer.where(key)} is not known; known are ${Object.keys(FIELDS).join(', ')}`,
      );
      continue;
    }
    const result = FIELDS[key].safeParse(value);
    if (result.success) input[key] = result.data;
    else problems.push(...wrong(layer, key, result.error.issues));
  }
  return { input: input as SpecInput, problems };
}

/** A value of one key; where it has parts, each part that is wrong. */
function wrong(
  layer: Layer,
  key: string,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string[] {
  const parts = issues.some(({ path }) => path.length > 0) ? issues : issues.slice(0, 1);
  return parts.slice(0, MOST_PARTS).map(({ path, message }) => {
    if (message === BOOLEAN_FORMS)
      return `${layer.where(key, ...path)} ${notBoolean(key, layer.values[key])}`;
    const part = path.reduce<unknown>((from, each) => Object(from)[each], layer.values[key]);
    return `${layer.where(key, ...path)} is ${shown(part)}; legal is ${message}`;
  });
}

function isField(key: string): key is FieldName {
  return Object.hasOwn(FIELDS, key);
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
