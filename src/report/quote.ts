/** A text as one word of a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text as a string literal of Python. */
export function pythonString(text: string): string {
  const escaped = [...text].map((char) => {
    if (char === "'" || char === '\\') return `\\${char}`;
    const code = char.codePointAt(0) ?? 0;
    return code >= 0x20 && code !== 0x7f ? char : `\\x${code.toString(16).padStart(2, '0')}`;
  });
  return `'${escaped.join('')}'`;
}
