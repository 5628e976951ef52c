/** The doors of the terminal: the answer goes to stdout, everything else to stderr. */
export interface Output {
  answer(text: string): void;
  json(document: object): void;
  say(text: string): void;
  clearScreen(): void;
}

export const output: Output = {
  answer: (text) => void process.stdout.write(`${text}\n`),
  json: (document) => void process.stdout.write(`${JSON.stringify(document, null, 2)}\n`),
  say: (text) => void process.stderr.write(`${text}\n`),
  clearScreen: () => void process.stdout.write('\x1b[2J\x1b[H'),
};
