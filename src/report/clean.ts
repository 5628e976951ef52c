import { harmless } from './text.js';

/**
 * Text that came from elsewhere, as HTML and XML can hold it: without what a terminal would obey,
 * without half characters and without those that are none. It is not escaped by this.
 */
export function clean(text: string): string {
  return harmless(text).replace(/[\ufffe\uffff]|\p{Surrogate}/gu, '');
}
