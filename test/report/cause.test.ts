import colors from 'picocolors';
import type { Finding } from '../../src/model/verdict.js';
import { causeJson, followersText } from '../../src/report/cause.js';

const finding = (code: string, followsFrom?: string): Finding => ({
  ...{ code, severity: 'error', subject: 'a', saw: `saw ${code}`, expected: 'b', fix: 'c' },
  ...(followsFrom === undefined ? {} : { followsFrom }),
});
const all = [finding('why'), finding('one', 'why'), finding('two', 'why'), finding('two', 'why')];

it('names the cause of a finding, and what follows from it, each code once', () => {
  expect(causeJson(all[0]!, all)).toEqual({ cause: null, follows: ['one', 'two'] });
  expect(causeJson(all[1]!, all)).toEqual({ cause: 'why', follows: [] });
});

it('gives what follows a line each, below the name of its cause', () => {
  const [text, ...rest] = followersText(all, colors.createColors(false));
  expect(rest).toEqual([]);
  expect(text?.split('\n')).toEqual([
    '  Follows from why:',
    '    a  saw one  [one]',
    '    a  saw two  [two]',
    '    a  saw two  [two]',
  ]);
});
