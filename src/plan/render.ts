import Handlebars from 'handlebars';
import { quote } from '../model/directives.js';
import { messageOf, RsentError } from '../model/errors.js';

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
    const { program, fill } = compiled(template.source);
    rejectUnknownConditions(program, variables);
    return fill(quoteAll(variables, quoting));
  } catch (error) {
    throw new RsentError('spec', `${template.path} cannot be rendered: ${messageOf(error)}`, {
      hint: `It may use: ${Object.keys(variables).join(', ')}.`,
      cause: error,
    });
  }
}

interface Compiled {
  readonly program: hbs.AST.Program;
  readonly fill: (variables: Record<string, unknown>) => string;
}

/** One template makes the confs of many nodes. */
const known = new Map<string, Compiled>();

function compiled(source: string): Compiled {
  const made = known.get(source) ?? compile(Handlebars.parse(source));
  known.set(source, made);
  return made;
}

function compile(program: hbs.AST.Program): Compiled {
  return { program, fill: Handlebars.compile(program, { strict: true, noEscape: true }) };
}

/** Strict mode lets `{{#if misspelt}}` pass as false; a conf must not lose a line that way. */
function rejectUnknownConditions(program: hbs.AST.Program, variables: Variables): void {
  const known = new Set(namesIn(variables));
  const check = (param: hbs.AST.Expression): void => {
    if ('params' in param) (param as hbs.AST.SubExpression).params.forEach(check);
    if (!('parts' in param)) return;
    const { parts, loc } = param as hbs.AST.PathExpression;
    const unknown = parts.find((part) => !known.has(part));
    if (unknown === undefined) return;
    throw new Error(`"${unknown}" not defined - ${loc.start.line}:${loc.start.column}`);
  };
  class Conditions extends Handlebars.Visitor {
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
