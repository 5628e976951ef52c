/** Not being reached is a fact too. */
export type Answer<Facts> =
  | { readonly reached: true; readonly facts: Facts }
  | { readonly reached: false; readonly why: string };

/** A reply as it came, or the error the server gave instead. */
export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string };

/** Replies by the question they answer. */
export type Replies<Question extends string = string> = Readonly<Record<Question, Reply>>;
