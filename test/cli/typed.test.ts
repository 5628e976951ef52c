import { type DeclaredOptions, readTyped } from '../../src/cli/typed.js';

const OPTIONS: DeclaredOptions = {
  file: { alias: 'f', type: 'string', describe: 'a spec file' },
  yes: { alias: 'y', type: 'boolean' },
  watch: { alias: 'w', type: 'boolean' },
  'dry-run': { type: 'boolean' },
  how: { string: true, choices: ['crash', 'hang'] },
  line: { string: true, repeatable: true, describe: 'a line' },
  'log-file': { type: 'string', mayBeEmpty: true },
};

const read = (words: string) => readTyped(words === '' ? [] : words.split(' '), OPTIONS);

describe('the options on a command line', () => {
  it.each<[string, Record<string, boolean>]>([
    ['demo', {}],
    ['-f a.yaml demo --how hang --log-file= --line a --line b -y', { yes: true }],
    ['--file=a.yaml', {}],
    ['-f=a.yaml -y=off', { yes: false }],
    ['-wy', { watch: true, yes: true }],
    ['-wy=no', { watch: true, yes: false }],
    ['-wf a.yaml', { watch: true }],
    ['-yf=a.yaml', { yes: true }],
    ['--dryRun --no-yes', { 'dry-run': true, yes: false }],
    ['--yes true --watch false', { yes: true, watch: false }],
    ['--yes --yes=1', { yes: true }],
    ['--file - --line -1', {}],
    ['--help -- --bogus --yes=maybe', { help: true }],
    ['-5', {}],
  ])('are taken: %s', (words, switches) => {
    const typed = read(words);
    expect(typed.problems).toEqual([]);
    expect(Object.fromEntries(typed.switches)).toEqual(switches);
  });

  it.each<[string, readonly string[]]>([
    ['--file', ['--file needs a value: a spec file']],
    ['-f', ['-f needs a value: a spec file']],
    ['-f -- x', ['-f needs a value: a spec file']],
    ['--file --yes', ['--file needs a value: a spec file']],
    ['--file=', ['--file is empty; it needs a value: a spec file']],
    ['--file a -f b', ['--file can be given once']],
    ['--line', ['--line needs a value: a line']],
    ['--how reboot', ['--how is "reboot"; legal is crash, hang']],
    ['--no-file', ['--no-file is no option: --file needs a value and cannot be turned off']],
    ['--flie x', ['"--flie" is no option of this verb (did you mean --file?)']],
    ['--no-wacth', ['"--no-wacth" is no option of this verb (did you mean --watch?)']],
    ['--file.x=1', ['"--file.x" is no option of this verb (did you mean --file?)']],
    ['--__proto__=1', ['"--__proto__" is no option of this verb']],
    ['--constructor', ['"--constructor" is no option of this verb']],
    ['--=x', ['"--" is no option of this verb']],
    ['-z', ['"-z" is no option of this verb']],
    ['-yz', ['"-yz" is no option of this verb']],
    ['-fa.yaml', ['"-fa.yaml": the value of -f stands in a word of its own']],
    ['--f x', ['"--f" is no option of this verb']],
  ])('are refused: %s', (words, problems) => {
    expect(read(words).problems).toEqual(problems);
  });

  it('are all looked at: each problem is reported, once', () => {
    expect(read('--flie --flie --how x --yes=maybe -f').problems).toHaveLength(4);
  });

  it('are cut where they are long', () => {
    const [problem = ''] = readTyped([`--${'x'.repeat(1_000_000)}`], OPTIONS).problems;
    expect(problem.length).toBeLessThan(120);
  });
});
