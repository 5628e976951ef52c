import { clean } from '../clean.js';

/** Markup that may stand in a page as it is. Only `html` makes it. */
class Markup {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type Html = Markup;

/** What may be put into a template: text and numbers are escaped, markup is not. */
export type Part = Html | readonly Html[] | string | number | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Markup from a template. Whatever is put in is escaped, for text and for quoted attributes alike,
 * unless it is markup already. Numbers are rounded to hundredths; undefined gives nothing.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const texts = literals.map((literal, i) => literal + markupOf(parts[i]));
  return new Markup(texts.join(''));
}

function markupOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.markup;
  if (typeof part === 'number') return String(Math.round(part * 100) / 100);
  return typeof part === 'string' ? escaped(part) : part.map(markupOf).join('');
}

function escaped(text: string): string {
  return clean(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}
