import { mkdir, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import {
  cacheHome,
  dataHome,
  hasRecord,
  readRecord,
  recordedNames,
  writeRecord,
} from '../../src/host/data-home.js';
import { NETWORK_FORMS } from '../../src/model/spec.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, aRecordIn, aSpec } from '../helpers/topology.js';

const path = useTempDir();

async function keep(name: string, content: string): Promise<void> {
  await mkdir(path(name));
  await writeFile(path(name, 'topology.json'), content);
}

describe('dataHome', () => {
  it.each<[string, string | undefined, NodeJS.ProcessEnv, string]>([
    ['the flag first', '/flag', { RSENT_DATA_DIR: '/env', XDG_DATA_HOME: '/xdg' }, '/flag'],
    ['a relative flag from where we are', 'here', {}, resolve('here')],
    ['then the variable', undefined, { RSENT_DATA_DIR: '/env', XDG_DATA_HOME: '/xdg' }, '/env'],
    ['then XDG', undefined, { XDG_DATA_HOME: '/xdg' }, '/xdg/rsent'],
    [
      'never a relative XDG',
      undefined,
      { XDG_DATA_HOME: 'xdg' },
      `${homedir()}/.local/share/rsent`,
    ],
    [
      'never an empty one',
      '',
      { RSENT_DATA_DIR: '', XDG_DATA_HOME: '' },
      `${homedir()}/.local/share/rsent`,
    ],
    ['its default last', undefined, {}, `${homedir()}/.local/share/rsent`],
  ])('is %s', (_, flag, env, expected) => {
    expect(dataHome(flag, env)).toBe(expected);
  });
});

describe('cacheHome', () => {
  it.each<[NodeJS.ProcessEnv, string]>([
    [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/rsent'],
    [{ XDG_CACHE_HOME: 'xdg' }, `${homedir()}/.cache/rsent`],
    [{}, `${homedir()}/.cache/rsent`],
  ])('for %j is %s', (env, expected) => {
    expect(cacheHome(env)).toBe(expected);
  });
});

describe('the record', () => {
  it.each([
    ['a plain one', aRecord()],
    ['one with a user for everyone', aRecord({ security: ACL })],
    [
      'one with all that can be named',
      aRecord({ templates: '/t', logFile: 'x.log', image: { ref: 'a', named: true } }),
    ],
  ])('is read back as it was written: %s', async (_, record) => {
    await mkdir(path('lab'));
    await writeRecord(path(), record);
    expect(await readRecord(path(), 'lab')).toEqual(record);
    expect(await hasRecord(path(), 'lab')).toBe(true);
  });

  it('is read where it is older than ACL, TLS and all of security', async () => {
    const { security, ...spec } = aSpec();
    const { auth, publish, tls } = security;
    const older = [
      [{ auth: true, tls: true, publish }, aSecurity({ auth: true, tls: true })],
      [{ auth, tls, publish }, aSecurity()],
      [{ auth: true, publish }, aSecurity({ auth: true })],
      [undefined, aSecurity()],
    ] as const;
    for (const [i, [kept, expected]] of older.entries()) {
      await keep(
        `old-${i}`,
        JSON.stringify({ ...aRecord(), spec: { ...spec, name: `old-${i}`, security: kept } }),
      );
      expect((await readRecord(path(), `old-${i}`))?.spec.security).toEqual(expected);
    }
  });

  it.each(NETWORK_FORMS)('is read back in every form: %s', async (form) => {
    const reach = { clients: 'lan', network: form, address: '192.168.1.7', join: 'net' } as const;
    const nodes = { redis: [{ port: 7001, container: 'c', directory: 'd' }, {}], sentinel: [{}] };
    const { spec, placement } = aRecordIn(form, { reach, nodes });
    const [first, ...others] = placement.nodes;
    if (first === undefined) throw new Error('no node');
    const record = {
      ...{ schemaVersion: 1 as const, spec },
      placement: { ...placement, joined: true, nodes: [{ ...first, folder: 'd' }, ...others] },
    };
    await mkdir(path('lab'));
    await writeRecord(path(), record);
    expect(await readRecord(path(), 'lab')).toEqual(record);
  });

  it('is read where it is older than the forms: a bridge for this host, folders by name', async () => {
    const { spec, placement } = aRecord();
    const { reach: _, ...oldSpec } = spec;
    const { form: __, joined: ___, ...oldPlacement } = placement;
    const nodes = placement.nodes.map(({ folder, ...node }) => node);
    const old = { schemaVersion: 1, spec: oldSpec, placement: { ...oldPlacement, nodes } };
    expect(JSON.stringify(old)).not.toMatch(/reach|form|folder|joined/);
    await keep('lab', JSON.stringify(old));
    expect(await readRecord(path(), 'lab')).toEqual(aRecord());
  });

  it('is nobody else’s to read', async () => {
    await mkdir(path('lab'));
    await writeRecord(path(), aRecord());
    expect((await stat(path('lab', 'topology.json'))).mode & 0o777).toBe(0o600);
  });

  it('is undefined when there is none', async () => {
    expect(await readRecord(path(), 'lab')).toBeUndefined();
    expect(await hasRecord(path(), 'lab')).toBe(false);
  });

  const whole = JSON.stringify(aRecord());

  it.each([
    ['no JSON', '{'],
    ['empty', ''],
    ['a list', '[]'],
    ['of a newer rsent', whole.replace('"schemaVersion":1', '"schemaVersion":2')],
    ['without a spec', JSON.stringify({ ...aRecord(), spec: undefined })],
    ['with a number for a name', whole.replace('"masterName":"mymaster"', '"masterName":5')],
    ['with a text for a port', whole.replace('"port":6379', '"port":"6379"')],
    ['with a text for acl', whole.replace('"acl":false', '"acl":"yes"')],
    ['with a path for a node', whole.replace('"name":"redis-1"', '"name":"../../etc"')],
    ['with a way out for a folder', whole.replace('"folder":"redis-1"', '"folder":"../../etc"')],
    ['with a path for a folder', whole.replace('"folder":"redis-1"', '"folder":"/etc"')],
    ['with no name for a folder', whole.replace('"folder":"redis-1"', '"folder":""')],
    ['with a hidden folder', whole.replace('"folder":"redis-1"', '"folder":"."')],
    ['with a line end in a folder', whole.replace('"folder":"redis-1"', '"folder":"x\\n"')],
    ['with a form that there is not', whole.replace('"form":"bridge"', '"form":"host"')],
    ['with clients elsewhere', whole.replace('"clients":"host"', '"clients":"moon"')],
    ['with a kind that there is not', whole.replace('"kind":"redis"', '"kind":"proxy"')],
  ])('is refused, naming the file, when it is %s', async (_, content) => {
    expect(content).not.toBe(whole);
    await keep('lab', content);
    const read = readRecord(path(), 'lab');
    await expect(read).rejects.toMatchObject({ kind: 'topology', hint: expect.any(String) });
    await expect(read).rejects.toThrow(path('lab', 'topology.json'));
  });
});

describe('recordedNames', () => {
  it('lists what has a record, understood or not, by name', async () => {
    await keep('b', '{}');
    await keep('a', JSON.stringify(aRecord()));
    await mkdir(path('no-record'));
    await writeFile(path('a-file'), '');
    expect(await recordedNames(path())).toEqual(['a', 'b']);
  });

  it('lists nothing where nothing was ever kept', async () => {
    expect(await recordedNames(path('absent'))).toEqual([]);
  });
});
