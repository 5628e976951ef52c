import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { apply, type Journal, rollBack } from '../../src/flow/apply.js';
import type { Context } from '../../src/flow/context.js';
import { Patience } from '../../src/flow/patience.js';
import type { Secrets } from '../../src/flow/secrets.js';
import { actor } from '../../src/flow/steps.js';
import { isSignedBy } from '../../src/host/certificates.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { newAuthority } from '../../src/host/issue-certificate.js';
import { OPEN_ACCESS, type Passwords, passwordFile, USERS } from '../../src/model/access.js';
import type { Plan, Step } from '../../src/model/plan.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { NodeClient } from '../../src/redis/client.js';
import { directivesOf } from '../helpers/redis-conf.js';
import { ACL, aSecurity, OWN_PASSWORDS, onePassword } from '../helpers/security.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord } from '../helpers/topology.js';
import { facts, names } from '../helpers/up-facts.js';

const path = useTempDir();
const record = aRecord({ security: aSecurity({ auth: true, tls: true }) });
const PASSWORDS = onePassword('a-password');
const authority = await newAuthority({ commonName: 'rsent lab', days: 3650 });
const read = (...parts: string[]) => readFile(path('lab', ...parts), 'utf8');

const actorOf = (secrets: Secrets) =>
  actor({
    context: { home: path() } as Context,
    record,
    files: LOCAL_FILES,
    directory: path('lab'),
    access: OPEN_ACCESS,
    client: ({ published }) => new NodeClient(published, {}),
    secrets,
    patience: new Patience(0),
  });

/** The steps that write files, in a data home of this test. */
function filePlan(of: TopologyRecord): Plan {
  const plan = upPlan(facts({ record: of, directory: path('lab') }));
  const touchesFiles = ({ kind }: Step) =>
    /^(write-|make-|issue-)/.test(kind) && kind !== 'create-network';
  return { ...plan, steps: plan.steps.filter(touchesFiles) };
}

async function write(secrets: Secrets, of = record): Promise<Journal> {
  const journal: Journal = [];
  await apply(filePlan(of), actorOf(secrets), journal, { signal: new AbortController().signal });
  return journal;
}

const confOf = (name: string) => read(name, 'conf', `${name.split('-')[0]}.conf`);

describe('the files of a plan', () => {
  it.each(['simple-password', '$&$`$1$$', '{{port}}%s$HOME', '~!@$%^&*()_+|}{:?-=[];,./'])(
    'hold the password wherever the plan has its mark, as it is: %s',
    async (password) => {
      await write({ passwords: onePassword(password), authority });
      expect(await read('password')).toBe(`${password}\n`);
      for (const name of names) {
        const conf = await confOf(name);
        expect(conf).not.toContain('<rsent:');
        const words = directivesOf(conf).filter(([what, more]) =>
          /^(requirepass|masterauth|auth-pass)$/.test(
            what === 'sentinel' ? (more ?? '') : (what ?? ''),
          ),
        );
        expect(words.map((row) => row.at(-1))).toEqual([password, password]);
      }
    },
  );

  it('are for their owner alone', async () => {
    await write({ passwords: PASSWORDS, authority });
    const secret = ['password', 'ca.key', ...names.map((name) => `${name}/conf/tls.key`)];
    const confs = names.map((name) => `${name}/conf/${name.split('-')[0]}.conf`);
    for (const file of [...secret, ...confs]) {
      expect([file, (await stat(path('lab', file))).mode & 0o777]).toEqual([file, 0o600]);
    }
  });

  it('hold certificates that the kept authority has signed', async () => {
    await write({ passwords: PASSWORDS, authority });
    for (const name of names) {
      expect(isSignedBy(await read(name, 'conf', 'tls.crt'), await read('ca.crt'))).toBe(true);
    }
  });

  it('are gone when all was undone', async () => {
    const journal = await write({ passwords: PASSWORDS, authority });
    expect(await rollBack(journal)).toEqual([]);
    expect(await readdir(path())).toEqual([]);
  });

  it('never replace a password that is there', async () => {
    await mkdir(path('lab'));
    await writeFile(path('lab', 'password'), 'older\n');
    const journal = await write({ passwords: PASSWORDS, authority });
    expect(await read('password')).toBe('older\n');
    expect(journal.map(({ step }) => step.id)).not.toContain('password:app');
  });

  it.each<[string, Secrets, string]>([
    ['password', { authority }, 'The plan needs a password'],
    ['authority', { passwords: PASSWORDS }, 'The plan needs an authority'],
  ])('are not written without the %s that they need', async (_, secrets, message) => {
    await expect(write(secrets)).rejects.toMatchObject({
      kind: 'bug',
      message: expect.stringContaining(message),
    });
  });
});

describe('the files of a plan with a user for everyone', () => {
  const acl = aRecord({ security: ACL });
  /** With all in them that a replacement could take for an instruction. */
  const ODD: Passwords = {
    app: '$&$`$1$$-app',
    rsent: '{{port}}%s-rsent',
    sentinel: '$1$2$&-sentinel',
    replication: '~!@$%^&*()_+-replication',
  };
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const usersIn = (conf: string) =>
    directivesOf(conf)
      .filter(([what, name]) => what === 'user' && name !== 'default')
      .map(([, name, , hash]) => [name, hash]);

  it('hold each password for its user, and its hash wherever that user is known', async () => {
    await write({ passwords: ODD }, acl);
    for (const user of USERS) expect(await read(passwordFile(user))).toBe(`${ODD[user]}\n`);
    for (const name of names) {
      const known = USERS.filter((user) => user !== 'replication' || name.startsWith('redis'));
      const conf = await confOf(name);
      expect(conf).not.toContain('<rsent:');
      expect(new Map(usersIn(conf) as [string, string][])).toEqual(
        new Map(known.map((user) => [user, `#${sha256(ODD[user])}`])),
      );
    }
  });

  it('hold in a conf no password but the one that the node itself gives', async () => {
    await write({ passwords: OWN_PASSWORDS }, acl);
    for (const name of names) {
      const conf = await confOf(name);
      const own = name.startsWith('redis') ? 'replication' : 'sentinel';
      const found = USERS.filter((user) => conf.includes(OWN_PASSWORDS[user]));
      expect([name, found]).toEqual([name, [own]]);
    }
  });

  it('are for their owner alone, and gone when all was undone', async () => {
    const journal = await write({ passwords: OWN_PASSWORDS }, acl);
    for (const user of USERS) {
      expect((await stat(path('lab', passwordFile(user)))).mode & 0o777).toBe(0o600);
    }
    expect(await rollBack(journal)).toEqual([]);
    expect(await readdir(path())).toEqual([]);
  });
});

describe('undoing', () => {
  it('leaves a directory that was there, and what somebody has put there meanwhile', async () => {
    await mkdir(path('lab'));
    const journal = await write({ passwords: PASSWORDS, authority });
    await writeFile(path('lab', 'notes.txt'), 'mine');
    await writeFile(path('lab', 'redis-1', 'notes.txt'), 'mine, too');
    await writeFile(path('lab', 'redis-2', 'conf', 'redis.conf.orig'), 'a copy');
    await writeFile(path('lab', 'redis-3', 'data', 'dump.rdb'), 'of the server');
    // Directories of several nodes are made at once, and unmade in any order among them.
    expect((await rollBack(journal)).map(({ why }) => why).sort()).toEqual([
      expect.stringMatching(/redis-1 is left.*notes\.txt/),
      expect.stringMatching(/redis-2 is left.*conf/),
      expect.stringMatching(/redis-2.conf is left.*redis\.conf\.orig/),
    ]);
    expect((await readdir(path('lab'), { recursive: true })).sort()).toEqual([
      ...['notes.txt', 'redis-1', 'redis-1/notes.txt'],
      ...['redis-2', 'redis-2/conf', 'redis-2/conf/redis.conf.orig'],
    ]);
  });

  it('leaves an empty directory that was there', async () => {
    await mkdir(path('lab'));
    expect(await rollBack(await write({ passwords: PASSWORDS, authority }))).toEqual([]);
    expect(await readdir(path())).toEqual(['lab']);
    expect(await readdir(path('lab'))).toEqual([]);
  });

  it('brings back a certificate that was replaced', async () => {
    await mkdir(path('lab', 'redis-1', 'conf'), { recursive: true });
    await writeFile(path('lab', 'redis-1', 'conf', 'tls.crt'), 'older');
    await rollBack(await write({ passwords: PASSWORDS, authority }));
    expect(await read('redis-1', 'conf', 'tls.crt')).toBe('older');
    expect(await readdir(path('lab', 'redis-1', 'conf'))).toEqual(['tls.crt']);
  });
});
