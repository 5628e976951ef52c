import { confWords } from '../model/directives.js';
import type { NodeKind } from '../model/topology.js';

/**
 * What a conf that is kept must say, else its server would start as somebody else: without data,
 * or watching nobody. Undefined when all is there; what else is wrong its server says itself.
 */
export function lackOf(text: string, kind: NodeKind, masterName: string): string | undefined {
  if (text.trim() === '') return 'it is empty';
  // Its server stops at it and reads on in the line after (config.c, loadServerConfig: fgets).
  if (text.includes('\0')) return 'it has a NUL byte, which no conf has';
  // A server that has lost its data directory saves its conf without `dir`: then all else is there.
  const dir = says(text, 'appendonly') ? [] : ['dir'];
  const needed = kind === 'redis' ? ['port', ...dir] : ['port', `sentinel monitor ${masterName}`];
  const missing = needed.filter((directive) => !says(text, directive));
  return missing.length === 0 ? undefined : `it has no line \`${missing.join('` and no line `')}\``;
}

function says(text: string, directive: string): boolean {
  return text.split('\n').some((line) => {
    const words = confWords(line) ?? [];
    return directive.split(' ').every((word, i) => same(words[i], word, i));
  });
}

/** Names of directives are in any case, those of masters are not. */
function same(said: string | undefined, word: string, at: number): boolean {
  return at < 2 ? said?.toLowerCase() === word.toLowerCase() : said === word;
}
