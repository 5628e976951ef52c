/** A command as servers write it into their append-only file and say it to each other. */
export function command(...words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word, 'latin1')}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join('')}`;
}
