/** A command of rsent whose topology is not known where the sentence is written. */
const UNNAMED = /\brsent ([a-z-]{1,20}(?: [a-z-]{1,20})?) NAME\b/g;

/**
 * A text whose commands can be typed as they are.
 * @param text may say `rsent up NAME`
 * @param topology the one that it is about
 */
export function named(text: string, topology: string): string {
  return text.replace(UNNAMED, (_, verb: string) => `rsent ${verb} ${topology}`);
}
