/** A text as a string literal of Python. */
export function pythonString(text: string): string {
  const escaped = [...text].map((char) => {
    if (char === "'" || char === '\\') return `\\${char}`;
    const code = char.codePointAt(0) ?? 0;
    return code >= 0x20 && code !== 0x7f ? char : `\\x${code.toString(16).padStart(2, '0')}`;
  });
  return `'${escaped.join('')}'`;
}

/** A text as a string literal of JavaScript. */
export function javascriptString(text: string): string {
  return `'${escapedUnits(text, "'", unicodeUnit)}'`;
}

/** A text as a string literal of C#. */
export function csharpString(text: string): string {
  return `"${escapedUnits(text, '"', unicodeUnit)}"`;
}

/**
 * A text as a string literal of Java, which reads \\u before anything else: a line end written so
 * would end the line. Up to 0xff there are octal escapes.
 */
export function javaString(text: string): string {
  const octal = (unit: number) =>
    unit <= 0xff ? `\\${unit.toString(8).padStart(3, '0')}` : unicodeUnit(unit);
  return `"${escapedUnits(text, '"', octal)}"`;
}

/** A text as an interpreted string literal of Go, which has whole characters only. */
export function goString(text: string): string {
  const escaped = [...text].map((char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code <= 0xffff)
      return escapedUnits(/\p{Surrogate}/u.test(char) ? '\ufffd' : char, '"', unicodeUnit);
    return `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return `"${escaped.join('')}"`;
}

/** With the quote, the backslash and all that is not visible ASCII escaped. */
function escapedUnits(text: string, quote: string, written: (unit: number) => string): string {
  // Split by UTF-16 units, as those are what the escapes name.
  const units = text.split('').map((char) => {
    if (char === quote || char === '\\') return `\\${char}`;
    const unit = char.charCodeAt(0);
    return unit >= 0x20 && unit < 0x7f ? char : written(unit);
  });
  return units.join('');
}

function unicodeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
