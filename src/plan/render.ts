import { createRequire } from 'node:module';
import type Whole from 'handlebars';
import runtime from 'handlebars/runtime.js';
import { quote } from '../model/directives.js';
import { messageOf, RsentError } from '../model/errors.js';
import { PRECOMPILED } from './precompiled.js';

// Its own types do not say what it has.
const { template: ofSpec } = runtime as unknown as Pick<typeof Whole, 'template'>;

/** A template's text and how to call it in an error. */
export interface Template {
  readonly path: string;
  readonly source: string;
}

/** Variables of a template. Strings are quoted on their way in. */
export interface Variables {
  readonly [name: string]: string | number | undefined | Variables | readonly Variables[];
}

/**
 * Fill in a template.
 * @param quoting a text as the language of the file needs it; that of redis.conf when not given
 * @throws RsentError `spec` when the template is malformed or names a variable that does not exist
 */
export function render(
  template: Template,
  variables: Variables,
  quoting: (text: string) => string = quote,
): string {
  try {
    return fillerOf(template.source)(variables, quoteAll(variables, quoting));
  } catch (error) {
    throw new RsentError('spec', `${template.path} cannot be rendered: ${messageOf(error)}`, {
      hint: `It may use: ${Object.keys(variables).join(', ')}.`,
      cause: error,
    });
  }
}

/** Fills in, given the variables as they are and quoted. */
type Fill = (variables: Variables, quoted: Record<string, unknown>) => string;

/** One template makes the confs of many nodes. */
const known = new Map<string, Fill>();

function fillerOf(source: string): Fill {
  const fill = known.get(source) ?? builtIn(source) ?? compiled(source);
  known.set(source, fill);
  return fill;
}

function builtIn(source: string): Fill | undefined {
  const found = PRECOMPILED.get(source);
  if (found === undefined) return undefined;
  const template = ofSpec(found);
  return (_, quoted) => template(quoted);
}

/** The compiler is only loaded for templates of the user's. */
function compiled(source: string): Fill {
  const whole = createRequire(import.meta.url)('handlebars') as typeof Whole;
  const program = whole.parse(source);
  const template = whole.compile(program, { strict: true, noEscape: true });
  return (variables, quoted) => {
    rejectUnknownConditions(whole, program, variables);
    return template(quoted);
  };
}

/** Strict mode lets `{{#if misspelt}}` pass as false; a conf must not lose a line that way. */
function rejectUnknownConditions(
  whole: typeof Whole,
  program: hbs.AST.Program,
  variables: Variables,
): void {
  const known = new Set(namesIn(variables));
  const check = (param: hbs.AST.Expression): void => {
    if ('params' in param) (param as hbs.AST.SubExpression).params.forEach(check);
    if (!('parts' in param)) return;
    const { parts, loc } = param as hbs.AST.PathExpression;
    const unknown = parts.find((part) => !known.has(part));
    if (unknown === undefined) return;
    throw new Error(`"${unknown}" not defined - ${loc.start.line}:${loc.start.column}`);
  };
  class Conditions extends whole.Visitor {
    override BlockStatement(block: hbs.AST.BlockStatement): void {
      block.params.forEach(check);
      super.BlockStatement(block);
    }
  }
  new Conditions().accept(program);
}

function namesIn(variables: Variables): string[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    const inner = Array.isArray(value) ? value : typeof value === 'object' ? [value] : [];
    return [name, ...inner.flatMap((each: Variables) => namesIn(each))];
  });
}

function quoteAll(
  variables: Variables,
  quoting: (text: string) => string,
): Record<string, unknown> {
  const quoteOne = (value: Variables[string]): unknown => {
    if (typeof value === 'string') return quoting(value);
    if (Array.isArray(value)) return value.map((each: Variables) => quoteAll(each, quoting));
    return typeof value === 'object' ? quoteAll(value as Variables, quoting) : value;
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, quoteOne(value)]),
  );
}
