// Stands for string-width in the bundle (../build.js): plain ASCII is as wide as it is long, and
// help pages and tables are hardly anything else.
import stringWidth from 'string-width';

const PLAIN = /^[\x20-\x7e]*$/;

// biome-ignore lint/style/noDefaultExport: it stands for a package that has one.
export default function width(text, options) {
  return PLAIN.test(text) ? text.length : stringWidth(text, options);
}
