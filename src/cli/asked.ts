/** What this run is about, as soon as its words say so: what fails later may not know it. */
export const asked: { topology: string | undefined } = { topology: undefined };
