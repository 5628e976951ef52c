/** Why a data node ended while it loaded its data. */
export interface LoadFailure {
  /** Name of the file, as the server calls it, or what it is. */
  readonly file: string;
  readonly why: 'damaged' | 'gone';
}

interface Sign {
  /** What the server says as it ends. */
  readonly words: string;
  readonly why: LoadFailure['why'];
  /** What it speaks of, where it does not name the file as its next word. */
  readonly file: string;
}

const AOF = 'the append-only file';
const DUMP = 'the dump';

/** The last words of servers (aof.c, loadSingleAppendOnlyFile and aofLoadManifestFromFile; rdb.c, rdbLoad). */
const SIGNS: readonly Sign[] = [
  { words: 'The AOF file ', why: 'gone', file: AOF },
  { words: 'FATAL AOF MANIFEST FILE ERROR', why: 'damaged', file: `the manifest of ${AOF}` },
  { words: 'reading the append only file', why: 'damaged', file: AOF },
  { words: 'Error reading the RDB preamble of the AOF file', why: 'damaged', file: AOF },
  { words: 'Wrong signature trying to load DB', why: 'damaged', file: DUMP },
  { words: 'Short read or OOM loading DB', why: 'damaged', file: DUMP },
  { words: 'Internal error in RDB reading', why: 'damaged', file: DUMP },
  { words: 'RDB CRC error', why: 'damaged', file: DUMP },
  { words: 'Fatal error loading the DB', why: 'damaged', file: DUMP },
];

/**
 * What keeps a data node from starting with its data, by the last lines of its log; undefined when
 * they speak of nothing of the kind. Only the last start counts.
 */
export function loadFailureIn(log: string): LoadFailure | undefined {
  const all = log.split('\n');
  // How the log of a start begins (server.c, main), in Redis and in Valkey.
  const begun = all.findLastIndex((line) => line.includes(' is starting '));
  const lines = all.slice(begun + 1);
  // A dump of a newer server is whole, and needs no rebuilding.
  if (lines.some((line) => line.includes("Can't handle RDB format version"))) return undefined;
  for (const { words, why, file } of SIGNS) {
    const line = lines.find((each) => each.includes(words) && isOf(why, each));
    if (line === undefined) continue;
    return { why, file: fileAfter(line.slice(line.indexOf(words) + words.length)) ?? file };
  }
  return undefined;
}

function isOf(why: LoadFailure['why'], line: string): boolean {
  return why !== 'gone' || line.includes("doesn't exist");
}

/** The next word, where it looks like the name of a file. */
function fileAfter(text: string): string | undefined {
  const [word = ''] = text.trimStart().split(' ');
  const name = word.slice(0, [...word].findLastIndex((char) => !':,.'.includes(char)) + 1);
  return /^[\w.-]+$/.test(name) && name.includes('.') ? name : undefined;
}
