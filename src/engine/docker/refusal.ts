/** An engine's answer that says no. Its message is the engine's own words; empty where it has none. */
export class Refusal extends Error {
  /** HTTP status. */
  readonly statusCode: number;

  constructor(statusCode: number, words: string) {
    super(words.trim());
    this.name = 'Refusal';
    this.statusCode = statusCode;
  }
}

/** The JSON of a body; undefined where it is none. */
export function jsonIn(body: Buffer): { readonly said: unknown } | undefined {
  try {
    return { said: JSON.parse(body.toString('utf8')) };
  } catch {
    return undefined;
  }
}

/** What a body says: engines say `{"message": …}`; what is no JSON are words as they are. */
export function refusalIn(status: number, body: Buffer): Refusal {
  const json = jsonIn(body);
  if (json === undefined) return new Refusal(status, body.toString('utf8'));
  const { said } = json;
  const words =
    typeof said === 'object' && said !== null && 'message' in said ? said.message : said;
  return new Refusal(status, typeof words === 'string' ? words : '');
}
