import fc from 'fast-check';
import { fileLayer } from '../../src/spec/file-layer.js';
import { checkLayer } from '../../src/spec/layers.js';

const problemsOf = (source: string) => {
  const { layer, problems } = fileLayer(source, 'f');
  return [...problems, ...checkLayer(layer).problems];
};

/** What a library says, and no person would. */
const LIBRARY =
  /YAML\.|parseAllDocuments|call stack|Implicit|implicit|scalar|-ind\b|collection|mapping|invalid|too (big|small)|received|undefined|\bnull\b/i;

describe('a spec file that is no good', () => {
  it.each([
    [
      'two documents',
      'name: a\n---\nname: b\n',
      'f:2: a second document begins here; a spec file has one',
    ],
    [
      'an alias',
      'auth: &x true\ntls: *x\n',
      'f:2: aliases (*name) are not read; write the value out',
    ],
    [
      'an alias to nothing',
      'name: *nope\n',
      'f:1: aliases (*name) are not read; write the value out',
    ],
    ['a key that is there twice', 'name: a\nquorum: 2\nname: b\n', 'f:3: "name" is there twice'],
    [
      'one further down',
      'nodes:\n  redis:\n    - port: 1\n      port: 2\n',
      'f:4: "port" is there twice',
    ],
    ['a tab', 'nodes:\n\tredis: []\n', 'f:2: a tab cannot indent a line; spaces do'],
    ['a quote left open', 'name: "lab\n', 'f:2: a quote, a comma, a colon or a bracket is missing'],
    [
      'a bracket left open',
      'nodes: [1\n',
      'f:2: the indentation does not fit, or a "]" or "}" is missing',
    ],
    [
      'no space after the colon',
      'name:lab\nquorum: 2',
      'f:1: this is no "key: value"; a space follows the colon',
    ],
    [
      'a key too much',
      'name: a: b\n',
      'f:1: there is a key too much, or indentation too much, on this line or the next',
    ],
    ['a text that needs quotes', 'name: @lab\n', 'f:1: a text that begins like this needs quotes'],
    [
      'a tag',
      'name: !!js/function "x"\n',
      'f:1: a tag ("!" and a name) is no part of a spec; leave it out',
    ],
    ['a list for a key', '? [a, b]\n: 1\n', 'f:1: a key is a word, not a list or a map'],
    [
      'no number',
      'replicas: .nan\n',
      'f:1: replicas is NaN; legal is a whole number from 0 to 120',
    ],
    [
      'a number without end',
      'replicas: -.inf\n',
      'f:1: replicas is -Infinity; legal is a whole number from 0 to 120',
    ],
    [
      'a part of a value',
      'name: a\nredisConfig:\n  save: 1\n  dir: {a: 1}\n',
      'f:4: redisConfig.dir is {"a":1}; legal is a text, a number, true or false, or a list of these',
    ],
    ['a list', '- a\n', 'f:1: keys with values were expected: "name: demo"'],
    ['nothing', '# name: demo\n', 'f says nothing'],
    ['many levels', '['.repeat(60_000), 'f: its lists and maps are nested too deeply'],
    ['many levels of a map', 'a: '.repeat(20_000), 'f: its lists and maps are nested too deeply'],
    [
      'many levels by indentation',
      Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'f: its lists and maps are nested too deeply',
    ],
    ['much', `name: ${'x'.repeat(70_000)}`, 'f is larger than 64 KiB'],
  ])('is refused in plain words, with its line: %s', (_, source, problem) => {
    expect(problemsOf(source)).toEqual([problem]);
  });

  it('is quoted no longer than it takes to recognise it', () => {
    const long = 'X'.repeat(60_000);
    for (const source of [
      `name: ${long}\n`,
      `${long.slice(0, 1000)}: 1\n`,
      `nodes: {redis: [{container: ${long}}]}\n`,
    ]) {
      const [problem = '', ...more] = problemsOf(source);
      expect(more).toEqual([]);
      expect(problem.split('; ')[0]?.length).toBeLessThan(140 + (source.startsWith('X') ? 600 : 0));
      expect(problem).not.toContain('X'.repeat(61));
    }
  });

  it('has no more problems than anybody reads', () => {
    expect(problemsOf('!a '.repeat(20_000)).length).toBeLessThanOrEqual(20);
    const nodes = `nodes: {redis: [${'5,'.repeat(100)}]}\n`;
    expect(problemsOf(nodes).length).toBeLessThanOrEqual(10);
  });

  it('is read to its end whatever it is, and never answered in the words of a library', () => {
    const pieces = fc.constantFrom(
      'a: ',
      '- ',
      '? ',
      '&a ',
      '*a ',
      '! ',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '\n',
      '  ',
      '\t',
      '"',
      "'",
      '#',
      '|\n',
      '>\n',
      '---\n',
      '...\n',
      '%x\n',
      '<<: ',
      'name',
      '0',
      '\\',
      '\u2028',
      '\ufeff',
      '\0',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(pieces, { maxLength: 400 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (source) => {
        const problems = fileLayer(source, 'f').problems;
        for (const problem of problems)
          expect(problem.replace(/"[^"]*"/g, '')).not.toMatch(LIBRARY);
      }),
      { numRuns: 500 },
    );
  });
});
