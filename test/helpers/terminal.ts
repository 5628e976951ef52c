/** Text without the colours that rsent itself puts there. */
export function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/\x1b\[\d{1,2}m/g, '');
}

/** What a terminal would obey in this text, line ends excepted. */
export function controlsIn(text: string): string[] {
  return [...text].filter((char) => {
    const code = char.charCodeAt(0);
    return (code < 0x20 && char !== '\n') || (code >= 0x7f && code <= 0x9f);
  });
}
