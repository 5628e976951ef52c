/**
 * The commands at the end of an append-only file. A replica writes what it receives to its own as
 * its master has it in the master's (aof.c, feedAppendOnlyFile), so the ends of both can be compared.
 * Left out: SELECT, which each file repeats where it begins and after a restart; the time of a
 * PEXPIREAT, which each server before 7.0 reckons itself; a command or a transaction that has no end,
 * as a server leaves it out, too.
 * @param bytes the last ones of the file
 * @param isWhole there are no others before them
 * @returns undefined where it holds something else than commands
 */
export function commandsIn(bytes: Buffer, isWhole: boolean): string[] | undefined {
  // The file before 7.0 begins with a dump.
  const isPlain = isWhole && (bytes.length === 0 || bytes[0] === STAR || bytes[0] === HASH);
  const ends = isPlain ? endsFrom(bytes, 0, new Set(), { left: bytes.length }) : firstEnds(bytes);
  if (ends === undefined) return undefined;
  const commands: string[] = [];
  for (let i = 1; i < ends.length; i++) {
    const command = comparable(bytes, ends[i - 1] ?? 0, ends[i] ?? 0);
    if (command !== undefined) commands.push(command);
  }
  return withoutOpenTransaction(commands);
}

const [STAR, HASH, DOLLAR, CR, LF] = [0x2a, 0x23, 0x24, 0x0d, 0x0a];
const SELECT = /^\*2\r\n\$6\r\nSELECT\r\n/i;
const EXPIRY = /^\*3\r\n\$9\r\nPEXPIREAT\r\n/i;
const MULTI = /^\*1\r\n\$5\r\nMULTI\r\n/i;
const EXEC = /^\*1\r\n\$4\r\nEXEC\r\n/i;

function comparable(bytes: Buffer, from: number, to: number): string | undefined {
  if (bytes[from] === HASH) return undefined;
  const text = bytes.toString('latin1', from, to);
  if (SELECT.test(text)) return undefined;
  return EXPIRY.test(text) ? text.slice(0, text.lastIndexOf('$')) : text;
}

function withoutOpenTransaction(commands: string[]): string[] {
  const begun = commands.findLastIndex((each) => MULTI.test(each));
  const isOpen = begun >= 0 && !commands.slice(begun).some((each) => EXEC.test(each));
  return isOpen ? commands.slice(0, begun) : commands;
}

/** How much may still be looked at: what a file claims must not make it take longer than its size. */
interface Budget {
  left: number;
}

/** From the first place on at which commands begin that go on to the end. */
function firstEnds(bytes: Buffer): number[] | undefined {
  const failed = new Set<number>();
  const budget = { left: 4 * bytes.length };
  for (let at = bytes.indexOf(STAR); at >= 0; at = bytes.indexOf(STAR, at + 1)) {
    const ends = endsFrom(bytes, at, failed, budget);
    if (ends !== undefined && ends.length > 1) return ends;
    if (budget.left <= 0) return undefined;
  }
  return undefined;
}

/** Where each command ends, after where the first begins; undefined when something else comes between. */
function endsFrom(
  bytes: Buffer,
  start: number,
  failed: Set<number>,
  budget: Budget,
): number[] | undefined {
  const ends = [start];
  for (let at = start; at < bytes.length; ) {
    const end = failed.has(at) ? 'other' : endOf(bytes, at, budget);
    if (end === 'unended') break;
    if (end === 'other') {
      for (const each of ends) failed.add(each);
      return undefined;
    }
    ends.push(end);
    at = end;
  }
  return ends;
}

/** Where one ends: `*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n`, or a line of remarks (aof.c, genAofTimestampAnnotation). */
function endOf(bytes: Buffer, at: number, budget: Budget): number | 'unended' | 'other' {
  if (bytes[at] === HASH) {
    const end = bytes.indexOf(LF, at);
    return end < 0 ? 'unended' : end + 1;
  }
  const count = numberAt(bytes, at, STAR);
  if (typeof count === 'string') return count;
  let end = count.end;
  for (let i = 0; i < count.value; i++) {
    budget.left -= 1;
    if (budget.left <= 0) return 'other';
    const length = numberAt(bytes, end, DOLLAR);
    if (typeof length === 'string') return length;
    end = length.end + length.value + 2;
    if (end > bytes.length) return 'unended';
    if (bytes[end - 2] !== CR || bytes[end - 1] !== LF) return 'other';
  }
  return count.value === 0 ? 'other' : end;
}

/** More digits than any length has. */
const MOST_DIGITS = 10;

function numberAt(
  bytes: Buffer,
  at: number,
  sign: number,
): { readonly value: number; readonly end: number } | 'unended' | 'other' {
  if (at >= bytes.length) return 'unended';
  if (bytes[at] !== sign) return 'other';
  let [value, end] = [0, at + 1];
  for (; end < bytes.length && bytes[end] !== CR; end++) {
    const digit = (bytes[end] ?? 0) - 0x30;
    if (digit < 0 || digit > 9 || end - at > MOST_DIGITS) return 'other';
    value = value * 10 + digit;
  }
  if (end + 1 >= bytes.length) return 'unended';
  return bytes[end + 1] === LF && end > at + 1 ? { value, end: end + 2 } : 'other';
}
