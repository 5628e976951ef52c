import fc from 'fast-check';
import { parse } from 'yaml';
import type { ComposeFile } from '../../src/model/compose.js';
import { composeAnswer, composeJson, composeText } from '../../src/report/compose.js';
import { connectionOf } from '../../src/report/connection.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { aRecord } from '../helpers/topology.js';

const FILES = { passwordFile: './password', authorityFile: './ca.crt' };
const USER = { uid: 1000, gid: 1001 };
const plain = connectionOf(aRecord(), FILES, true);
const secured = connectionOf(aRecord({ security: { ...ACL, tls: true } }), FILES, true);
const ABOUT = { connection: plain, isKept: true, user: USER };
const SMALL: ComposeFile = { name: 'lab', services: {}, networks: {} };

const headOf = (connection = plain, isKept = true) =>
  composeText(SMALL, { ...ABOUT, connection, isKept })
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .join('\n');

describe('the text of a Compose file', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('no', 'on', '1e3', '012', '0o7', '1_000', '12:30', '~', '', '- a', '# b', '&a'),
  );
  const service = fc.record({
    image: word,
    entrypoint: fc.array(word, { maxLength: 3 }),
    environment: fc.dictionary(word, word, { maxKeys: 2 }),
    pids_limit: fc.nat(),
    read_only: fc.boolean(),
  });

  it('parses back to the same object, whatever is in it', () => {
    fc.assert(
      fc.property(word, fc.dictionary(word, service, { maxKeys: 3 }), (name, services) => {
        const file = { name, services, networks: {} } as unknown as ComposeFile;
        const text = composeText(file, ABOUT);
        // As JSON, which knows no object without a prototype.
        const same = (value: unknown) => JSON.stringify(value);
        expect(same(parse(text, { uniqueKeys: false }))).toBe(same(file));
      }),
    );
  });

  it('has words in quotes that older YAML takes for something else', () => {
    expect(composeText({ ...SMALL, name: 'no' }, ABOUT)).toMatch(/^name: "no"$/m);
  });

  it('says everything twice rather than by reference', () => {
    const shared = { driver: 'bridge', ipam: { config: [] } } as const;
    const text = composeText({ ...SMALL, networks: { a: shared, b: shared } }, ABOUT);
    expect(text).not.toMatch(/[&*]a1/);
  });

  it('begins with what its user must know', () => {
    for (const said of [
      'up -d --wait',
      '127.0.0.1:26379',
      'mymaster',
      '1000:1001',
      'rsent down lab',
    ]) {
      expect(headOf()).toContain(said);
    }
    expect(headOf()).not.toMatch(/password|TLS/);
    expect(headOf(secured)).toContain(
      'of the user app, for data nodes and Sentinels, is in ./password',
    );
    expect(headOf(secured)).toContain('./ca.crt');
    const auth = aRecord({ security: aSecurity({ auth: true }) });
    expect(headOf(connectionOf(auth, FILES, true))).toContain('The password, for data nodes');
  });

  it('names no topology to take down where rsent keeps none', () => {
    expect(headOf(plain, false)).not.toContain('rsent down');
    expect(headOf(plain, false)).toContain('rsent does not keep them free');
  });

  it('names addresses that work where the clients are', () => {
    const inside = aRecord({ reach: { clients: 'containers' } });
    expect(headOf(connectionOf(inside, FILES, false))).toContain('172.30.5.201:26379');
    expect(headOf(connectionOf(inside, FILES, false))).not.toContain('127.0.0.1');
  });

  it('lets no name of a record end the comment', () => {
    const record = aRecord({ name: 'lab\nservices: {}', masterName: 'x\r\nname: y' });
    const text = composeText(SMALL, { ...ABOUT, connection: connectionOf(record, FILES, true) });
    expect(parse(text)).toEqual(SMALL);
  });
});

describe('the answer', () => {
  const written = {
    connection: secured,
    directory: '/srv/my lab',
    isKept: true,
    files: ['ca.crt', 'compose.yaml', 'password'],
  };

  it('says what was written and how it is started', () => {
    const text = composeAnswer(written);
    expect(text).toContain("docker compose -f '/srv/my lab/compose.yaml' up -d --wait");
    expect(text).toContain('2 files');
  });

  it('has a document with every file and the way in', () => {
    expect(composeJson(written)).toEqual({
      schemaVersion: 1,
      topology: 'lab',
      directory: '/srv/my lab',
      files: ['ca.crt', 'compose.yaml', 'password'],
      masterName: 'mymaster',
      sentinels: ['127.0.0.1:26379', '127.0.0.1:26380', '127.0.0.1:26381'],
      user: 'app',
      passwordFile: './password',
      authorityFile: './ca.crt',
    });
  });
});
