/** The doors of the terminal: the answer goes to stdout, everything else to stderr. */
export interface Output {
  answer(text: string): void;
  /** Print this at the end as the only document. */
  json(document: object): void;
  /** Print a document in one line at once, where there is one for each line. */
  jsonLine(document: object): void;
  say(text: string): void;
  clearScreen(): void;
  /**
   * Print the document, if any. What failed after it was made is added to it: whoever reads it
   * parses one document, and must not take it for the whole truth.
   */
  end(failure?: object): void;
}

let held: object | undefined;

export const output: Output = {
  answer: (text) => void process.stdout.write(`${text}\n`),
  json: (document) => {
    held = document;
  },
  jsonLine: (document) => void process.stdout.write(`${JSON.stringify(document)}\n`),
  say: (text) => void process.stderr.write(`${text}\n`),
  clearScreen: () => void process.stdout.write('\x1b[2J\x1b[H'),
  end: (failure) => {
    if (held === undefined && failure === undefined) return;
    const document = { ...held, ...failure };
    held = undefined;
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  },
};
