import fc from 'fast-check';
import { quote } from '../../src/model/directives.js';
import { render, type Variables } from '../../src/plan/render.js';

const conf = (source: string, variables: Variables) =>
  render({ path: 'my.conf.hbs', source }, variables);

/** The tokens of a conf line as sds.c, sdssplitargs reads them, as bytes in latin1. */
function splitArgs(line: string): string[] {
  const tokens: string[] = [];
  const form = /\s*(?:"((?:\\x[0-9a-f]{2}|\\.|[^"\\])*)"(?=\s|$)|([^\s"']+))/gy;
  let end = 0;
  for (let match = form.exec(line); match !== null; match = form.exec(line)) {
    end = form.lastIndex;
    tokens.push(match[2] ?? unescaped(match[1] ?? ''));
  }
  if (end !== line.length) throw new Error(`unbalanced: ${line}`);
  return tokens;
}

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex?: string, char?: string) =>
    hex === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

describe('quote', () => {
  it.each<[string, string, string]>([
    ['a word', 'redis.log', 'redis.log'],
    ['an address', '172.30.5.11:6379', '172.30.5.11:6379'],
    ['a path', '/data', '/data'],
    ['nothing', '', '""'],
    ['a space', 'a b', '"a b"'],
    ['a double quote', 'a"b', '"a\\"b"'],
    ['a backslash', 'a\\b', '"a\\\\b"'],
    ['a single quote', "a'b", '"a\'b"'],
    ['a line end', 'a\nport 1', '"a\\x0aport 1"'],
    ['a carriage return', 'a\r', '"a\\x0d"'],
    ['a NUL', 'a\0b', '"a\\x00b"'],
    ['a comment sign', '#no', '"#no"'],
    ['a letter beyond ASCII', 'ü', '"\\xc3\\xbc"'],
  ])('writes %s', (_, value, expected) => {
    expect(quote(value)).toBe(expected);
  });

  it('is one token for Redis, with the same value, whatever the string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(splitArgs(`logfile ${quote(value)}`)).toEqual(['logfile', latin1(value)]);
      }),
    );
  });
});

describe('render', () => {
  const source = 'port {{port}}\nlogfile {{logfile}}\n{{#each peers}}\npeer {{id}}\n{{/each}}\n';

  it('fills in numbers, texts and lists', () => {
    const variables = { port: 6379, logfile: '', peers: [{ id: 'a' }, { id: 'b' }] };
    expect(conf(source, variables)).toBe('port 6379\nlogfile ""\npeer a\npeer b\n');
  });

  it('lets no value add a line or a token', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n', '"\nport 1\n"', '{{port}}', '{{{port}}}', '\u2028x', "' '", '\\"', '&'),
    );
    fc.assert(
      fc.property(text, text, (logfile, id) => {
        const lines = conf(source, { port: 1, logfile, peers: [{ id }] }).split('\n');
        expect(lines.map(splitArgs)).toEqual([
          ['port', '1'],
          ['logfile', latin1(logfile)],
          ['peer', latin1(id)],
          [],
        ]);
      }),
    );
  });

  it.each<[string, string]>([
    ['a plain place', 'port {{prot}}'],
    ['a condition', '{{#if prot}}x{{/if}}'],
    ['a negated condition', '{{#unless prot}}x{{/unless}}'],
    ['a list', '{{#each prot}}x{{/each}}'],
    ['a condition within a condition', '{{#if port}}{{#if prot}}x{{/if}}{{/if}}'],
    ['the else branch of a condition', '{{#if port}}{{else}}{{#if prot}}x{{/if}}{{/if}}'],
    ['a field of a variable', '{{master.prot}}'],
    ['a condition on a field of a variable', '{{#if master.prot}}x{{/if}}'],
    ['a chained condition', '{{#if master}}x{{else if prot}}y{{/if}}'],
    ['an argument of a helper within a condition', '{{#if (lookup prot 0)}}x{{/if}}'],
  ])('refuses a variable that does not exist in %s', (_, text) => {
    expect(() => conf(text, { port: 1, master: { ip: '1.2.3.4' } })).toThrow(
      expect.objectContaining({ kind: 'spec', message: expect.stringContaining('my.conf.hbs') }),
    );
  });

  it.each<[string, string]>([
    ['malformed', '{{#if port}}'],
    ['a partial', '{{> other}}'],
    ['an unknown helper', '{{shout port}}'],
  ])('refuses a template that is %s', (_, text) => {
    expect(() => conf(text, { port: 1 })).toThrow(expect.objectContaining({ kind: 'spec' }));
  });

  it('says which variables there are', () => {
    expect(() => conf('{{prot}}', { port: 1, bind: '0.0.0.0' })).toThrow(
      expect.objectContaining({ hint: 'It may use: port, bind.' }),
    );
  });

  it('takes an undefined variable in a condition for false', () => {
    expect(conf('{{#if master}}replicaof{{/if}}', { master: undefined })).toBe('');
  });

  it('reaches the outer variables from within a list', () => {
    const text = '{{#each peers}}{{../name}} {{id}} {{/each}}';
    expect(conf(text, { name: 'm', peers: [{ id: 'a' }] })).toBe('m a ');
  });

  it('does not print what is in the prototype of anything', () => {
    expect(conf('[{{constructor}}{{__proto__}}]', { port: 1 })).toBe('[]');
  });
});
