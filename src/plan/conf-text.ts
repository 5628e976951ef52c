/**
 * A conf with each line edited, or left out where the edit gives undefined. Lines end where Redis
 * ends them: at a newline only (config.c, loadServerConfigFromString).
 */
export function editLines(text: string, edit: (line: string) => string | undefined): string {
  return text
    .split('\n')
    .map(edit)
    .filter((line) => line !== undefined)
    .join('\n');
}

/** The text with one newline at its end, however many there were. */
export function endedOnce(text: string): string {
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === '\n') end--;
  return `${text.slice(0, end)}\n`;
}
