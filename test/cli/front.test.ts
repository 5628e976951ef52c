import { verbInFront, verbProblem } from '../../src/cli/front.js';

const words = (text: string) => text.split(' ').filter((word) => word !== '');

describe('the verb', () => {
  it.each([
    ['up demo --json', 'up demo --json'],
    ['--json status demo', 'status demo --json'],
    ['--json=yes --no-debug up', 'up --json=yes --no-debug'],
    ['--json true status', 'status --json true'],
    ['-f a.yaml -y down x', 'down x -f a.yaml -y'],
    ['--data-dir down up', 'up --data-dir down'],
    ['--json export --debug compose x', 'export compose x --json --debug'],
    ['--json exec x -- --help up', 'exec x --json -- --help up'],
    ['--json', '--json'],
    ['--dryRun reset', 'reset --dryRun'],
    ['-- up', '-- up'],
    ['', ''],
  ])('is put in front: %s', (typed, expected) => {
    expect(verbInFront(words(typed)).words.join(' ')).toBe(expected);
  });

  it.each([
    ['', 'Say what to do'],
    ['--json', 'Say what to do'],
    ['-- up', 'Say what to do'],
    ['stauts', 'There is no verb "stauts". Did you mean rsent status?'],
    ['donw', 'Did you mean rsent down?'],
    ['frobnicate', 'There is no verb "frobnicate".'],
    ['constructor', 'There is no verb "constructor".'],
    [`${'x'.repeat(100_000)}`, 'There is no verb "xxx'],
    ['image', 'say rsent image pull or rsent image build'],
    ['image push', 'image cannot "push"'],
    ['export --json', 'say rsent export compose'],
  ])('is asked for where it is missing or wrong: %.20s', (typed, message) => {
    const verbs = ['up', 'down', 'status', 'image', 'export'];
    const problem = verbProblem(verbInFront(words(typed)), verbs);
    expect(problem?.message).toContain(message);
    expect(problem?.message.length).toBeLessThan(120);
  });

  it.each(['up', 'image pull', 'export compose x'])('is taken: %s', (typed) => {
    expect(verbProblem(verbInFront(words(typed)), ['up', 'image', 'export'])).toBeUndefined();
  });
});
