import { type JsonForm, jsonFormOf } from '../../src/cli/json-form.js';

const words = (text: string) => text.split(' ').filter((word) => word !== '');

describe('how the answer is printed', () => {
  it.each<[string, Record<string, string>, JsonForm]>([
    ['status', {}, 'text'],
    ['status --json', {}, 'document'],
    ['--json status', {}, 'document'],
    ['status --json=true', {}, 'document'],
    ['status --json=ON', {}, 'document'],
    ['status --json=false', {}, 'text'],
    ['status --no-json', { RSENT_JSON: '1' }, 'text'],
    ['status --json false', {}, 'text'],
    ['status --json=maybe', {}, 'text'],
    ['status --jsonx', {}, 'text'],
    ['status', { RSENT_JSON: '1' }, 'document'],
    ['status', { RSENT_JSON: 'off' }, 'text'],
    ['status', { RSENT_JSON: '' }, 'text'],
    ['status', { RSENT_JSON: 'maybe' }, 'text'],
    ['status --json=off --json', {}, 'document'],
    ['cli -- --json', {}, 'text'],
    ['logs --json', {}, 'lines'],
    ['--json logs', {}, 'lines'],
    ['logs', { RSENT_JSON: 'yes' }, 'lines'],
    ['status --watch --json', {}, 'lines'],
    ['status -w --json', {}, 'lines'],
    ['status --json --watch=off', {}, 'document'],
    ['status --json', { RSENT_WATCH: '1' }, 'lines'],
    ['up -w --json', {}, 'document'],
    ['nonsense --json --bogus', {}, 'document'],
  ])('%s %j: %s', (typed, env, form) => {
    expect(jsonFormOf(words(typed), env)).toBe(form);
  });
});
