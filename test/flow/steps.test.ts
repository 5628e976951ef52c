import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { apply, type Journal, rollBack } from '../../src/flow/apply.js';
import type { Context } from '../../src/flow/context.js';
import type { Secrets } from '../../src/flow/secrets.js';
import { actor } from '../../src/flow/steps.js';
import { isSignedBy, newAuthority } from '../../src/host/certificates.js';
import { PASSWORD_MARK } from '../../src/model/constants.js';
import type { Plan, Step } from '../../src/model/plan.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { NodeClient } from '../../src/redis/client.js';
import { directivesOf } from '../helpers/redis-conf.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord } from '../helpers/topology.js';
import { facts, names } from '../helpers/up-facts.js';

const path = useTempDir();
const record = aRecord({ security: { auth: true, tls: true, publish: '127.0.0.1' } });
const authority = await newAuthority({ commonName: 'rsent lab', days: 3650 });
const read = (...parts: string[]) => readFile(path('lab', ...parts), 'utf8');

const actorOf = (secrets: Secrets) =>
  actor({
    context: { home: path() } as Context,
    record,
    directory: path('lab'),
    client: ({ published }) => new NodeClient(published, {}),
    secrets,
    deadline: 0,
  });

/** The steps that write files, in a data home of this test. */
function filePlan(): Plan {
  const plan = upPlan(facts({ record, directory: path('lab') }));
  const touchesFiles = ({ kind }: Step) =>
    /^(write-|make-|issue-)/.test(kind) && kind !== 'create-network';
  return { ...plan, steps: plan.steps.filter(touchesFiles) };
}

async function write(secrets: Secrets): Promise<Journal> {
  const journal: Journal = [];
  await apply(filePlan(), actorOf(secrets), journal, new AbortController().signal);
  return journal;
}

const confOf = (name: string) => read(name, 'conf', `${name.split('-')[0]}.conf`);

describe('the files of a plan', () => {
  it.each(['simple-password', '$&$`$1$$', '{{port}}%s$HOME', '~!@$%^&*()_+|}{:?-=[];,./'])(
    'hold the password wherever the plan has its mark, as it is: %s',
    async (password) => {
      await write({ password, authority });
      expect(await read('password')).toBe(`${password}\n`);
      for (const name of names) {
        const conf = await confOf(name);
        expect(conf).not.toContain(PASSWORD_MARK);
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
    await write({ password: 'a-password', authority });
    const secret = ['password', 'ca.key', ...names.map((name) => `${name}/conf/tls.key`)];
    const confs = names.map((name) => `${name}/conf/${name.split('-')[0]}.conf`);
    for (const file of [...secret, ...confs]) {
      expect([file, (await stat(path('lab', file))).mode & 0o777]).toEqual([file, 0o600]);
    }
  });

  it('hold certificates that the kept authority has signed', async () => {
    await write({ password: 'a-password', authority });
    for (const name of names) {
      expect(isSignedBy(await read(name, 'conf', 'tls.crt'), await read('ca.crt'))).toBe(true);
    }
  });

  it('are gone when all was undone', async () => {
    const journal = await write({ password: 'a-password', authority });
    expect(await rollBack(journal)).toEqual([]);
    expect(await readdir(path())).toEqual([]);
  });

  it('never replace a password that is there', async () => {
    await mkdir(path('lab'));
    await writeFile(path('lab', 'password'), 'older\n');
    const journal = await write({ password: 'a-password', authority });
    expect(await read('password')).toBe('older\n');
    expect(journal.map(({ step }) => step.id)).not.toContain('password');
  });

  it.each<[string, Secrets, string]>([
    ['password', { authority }, 'The plan needs a password'],
    ['authority', { password: 'a-password' }, 'The plan needs an authority'],
  ])('are not written without the %s that they need', async (_, secrets, message) => {
    await expect(write(secrets)).rejects.toMatchObject({
      kind: 'bug',
      message: expect.stringContaining(message),
    });
  });
});
