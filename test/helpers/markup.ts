import { SaxesParser } from 'saxes';

/** An element of a parsed document. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Element | string)[];
}

/**
 * A document that a strict XML parser takes: what is not escaped, not closed or not a legal
 * character throws. Our pages are written so that they are HTML and XML at once.
 */
export function parse(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = {
      name,
      attributes: attributes as Record<string, string>,
      children: [],
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  for (const kind of ['text', 'cdata'] as const) {
    parser.on(kind, (content) => open.at(-1)?.children.push(content));
  }
  parser.write(text).close();
  return root;
}

/** All elements within one, in the order of the document, that have this name and these classes. */
export function all(within: Element, selector: string): Element[] {
  const [name = '', ...classes] = selector.split('.');
  const matches = (each: Element) =>
    (name === '' || each.name === name) &&
    classes.every((one) => (each.attributes['class'] ?? '').split(/\s+/).includes(one));
  return within.children.flatMap((child) =>
    typeof child === 'string' ? [] : [...(matches(child) ? [child] : []), ...all(child, selector)],
  );
}

/** The first such element. */
export function one(within: Element, selector: string): Element {
  const [first] = all(within, selector);
  if (first === undefined) throw new Error(`there is no ${selector}`);
  return first;
}

/** What is written in an element, without its tooltips. */
export function textOf(element: Element): string {
  return element.children
    .map((child) =>
      typeof child === 'string' ? child : child.name === 'title' ? '' : textOf(child),
    )
    .join('');
}

/** An attribute as a number. */
export function number(element: Element, attribute: string): number {
  return Number(element.attributes[attribute]);
}
