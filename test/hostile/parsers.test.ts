import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { HOSTILE_TEXTS, hostileText } from '../helpers/hostile.js';
import { sourceFiles, sourceOf } from '../helpers/imports.js';
import type { Parser } from '../helpers/parsers.js';
import { Steps } from '../helpers/steps.js';

const steps = new Steps();
afterAll(() => steps.end());
const { ELSEWHERE, PARSERS } = await import('../helpers/parsers.js');
const { findEndpoint } = await import('../../src/engine/docker/endpoint.js');
const { entriesOf, firstFile, headOf } = await import('../../src/host/tar.js');

/** What takes a parser from one state into another, more often than anything else. */
const PIECES: readonly string[] = [
  ...'\v\f\0\\"\'\n\r \t:,=#-+.*[]{}()&!|>%@/01axXkKmM',
  ...[
    '"a',
    '\\x',
    '\\"',
    'a b\n',
    'a\\\n',
    'a: 1\n',
    '- a\n',
    '  a:\n',
    '&a [*a]\n',
    '? a\n',
    '---\n',
  ],
  ...['user a on >b ~* +@all\n', 'sentinel monitor m 10.0.0.1 6379 2\n', 'port 1\n', 'save 1 1 '],
  ...['sentinel known-replica m 10.0.0.1 6379\n', 'replicaof 10.0.0.1 6379\n', 'include a\n'],
  ...['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '-----BEGIN PRIVATE KEY-----'],
  ...['db0:keys=1,expires=0\n', 'slave0:ip=a,port=1\n', 'master0:name=a,status=ok\n', 'run_id:a\n'],
  ...['eth0\t0\t0\n', '\x01\0\0\0\0\0\0\0', '\x02\0\0\0\0\0\0\x01x', 'REDIS0011', '\xfa\x01a\x01b'],
  ...['redis-server ', 'v=1.', '(0x0)', ' => ', '[::1]:1,', '1ms', '127.0.0.1:1,', 'sentinel:2,'],
  ...['file a seq 1 type b\n', '2026-01-01T00:00:00.1Z ', '1:M 02 Jan 2026 03:04:05.678 * ', '%2F'],
  ...[
    'manifest .',
    'exec: "a',
    'container name "a" is already in use',
    '{"schemaVersion":1,',
    '[{"a":',
  ],
];

const anything = fc.oneof(
  hostileText,
  fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((parts) => parts.join('')),
);

/** It fails where it would hang; how long it may take says nothing about how long it takes. */
function ended(act: () => unknown): void {
  runInNewContext('act()', { act }, { timeout: 60_000 });
}

/** A value, or an error in rsent's own words; no error is called a fault of rsent. */
function taken(parse: Parser, text: string): void {
  try {
    parse(text);
  } catch (error) {
    expectOurs(error);
  }
}

function expectOurs(error: unknown): void {
  expect(error).toMatchObject({ kind: expect.any(String) });
  expect(error).not.toMatchObject({ kind: 'bug' });
}

const rows = Object.entries(PARSERS);

describe('whatever it is given', () => {
  it.each(rows)('%s ends, with a value or with words', (_, parse) => {
    const all = [...HOSTILE_TEXTS, ...PIECES.map((piece) => piece.repeat(50))];
    ended(() => {
      for (const text of all) taken(parse, text);
      fc.assert(
        fc.property(anything, (text) => taken(parse, text)),
        { numRuns: 50 },
      );
    });
  });

  it('the configuration of docker ends, with an address or with words', async () => {
    const home = await mkdtemp(join(tmpdir(), 'rsent-docker-'));
    try {
      await fc.assert(
        fc.asyncProperty(anything, async (text) => {
          await writeFile(join(home, 'config.json'), text);
          await findEndpoint({ DOCKER_CONFIG: home }).catch(expectOurs);
        }),
        { numRuns: 50 },
      );
    } finally {
      await rm(home, { recursive: true });
    }
  });

  it.each([
    ['firstFile', (archive: Buffer) => firstFile(archive)],
    ['headOf', (archive: Buffer) => headOf(Readable.from([archive]), 100)],
    [
      'entriesOf',
      async (archive: Buffer) => {
        for await (const { chunks } of entriesOf(Readable.from([archive])))
          for await (const _ of chunks);
      },
    ],
  ])('%s ends, with what is in a tar or with an error', async (_, read) => {
    const blocks = fc.uint8Array({ minLength: 0, maxLength: 2048 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(blocks, anything), async (content) => {
        await read(Buffer.from(content as string)).catch((error: unknown) =>
          expect(error).toBeInstanceOf(Error),
        );
      }),
      { numRuns: 50 },
    );
  });
});

/**
 * Steps for each piece so often, all of them together: what is needed for one that grows with the square
 * is soon more than for all the others.
 */
function work(parse: Parser, times: number, pieces: readonly string[]): number {
  return steps.of(() =>
    ended(() => {
      for (const piece of pieces) taken(parse, piece.repeat(times));
    }),
  );
}

/** Twice as much takes twice as many steps, and what it takes to begin. */
function isLinear(parse: Parser, pieces = PIECES): boolean {
  const [once, twice] = [work(parse, 500, pieces), work(parse, 1000, pieces)];
  expect(once).toBeGreaterThan(0);
  return twice <= 2.1 * once;
}

describe('the work for twice as much', () => {
  it.each(rows)('is at most twice as much: %s', (_, parse) => {
    expect(isLinear(parse)).toBe(true);
  });

  it('would show where it grows with the square', () => {
    const slow: Parser = (text) => {
      for (let at = 0; at < text.length; at++) PARSERS['confWords']?.(text.slice(at));
    };
    expect(isLinear(PARSERS['confWords'] ?? slow, ['a'])).toBe(true);
    expect(isLinear(slow, ['a'])).toBe(false);
  });
});

describe('the table of parsers', () => {
  const FOLDERS = /^(health|logs|host|engine\/docker|model|spec|plan|drill)\//;
  const TAKES_TEXT = /^[^:]*: (string|Buffer|Fields|Labels|Reply|Replies|unknown)\b/;
  const CALLED_SO = /^((parse|read|split|decode)[A-Z]|.*(Of|In)$)/;
  const exported = sourceFiles()
    .filter((file) => FOLDERS.test(file))
    .flatMap((file) => [
      ...sourceOf(file).matchAll(
        /^export (?:async )?function\*? (\w+)(?:<[^(]{0,200}>)?\(([^)]{0,300})\)/gm,
      ),
    ])
    .map(([, name = '', given = '']) => ({ name, given }));

  it('has every reader that these folders export', () => {
    const readers = exported.filter(
      ({ name, given }) => CALLED_SO.test(name) && TAKES_TEXT.test(given),
    );
    expect(readers.length).toBeGreaterThan(40);
    const missing = readers.filter(({ name }) => !(name in PARSERS) && !(name in ELSEWHERE));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('leaves out nothing that is gone', () => {
    const names = exported.map(({ name }) => name);
    expect(Object.keys(ELSEWHERE).filter((name) => !names.includes(name))).toEqual([]);
  });
});
