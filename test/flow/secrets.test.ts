import { mkdir, writeFile } from 'node:fs/promises';
import type { Context } from '../../src/flow/context.js';
import { accessOf, secretsFor } from '../../src/flow/secrets.js';
import { isSignedBy, matches } from '../../src/host/certificates.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import { passwordProblem } from '../../src/spec/password.js';
import { aSecurity, OWN_PASSWORDS, onePassword } from '../helpers/security.js';
import { useTempDir } from '../helpers/temp.js';
import { aSpec } from '../helpers/topology.js';

const path = useTempDir();
const GIVEN = 'given-by-the-user';
const KEPT = 'kept-beside-the-data';

async function keep(files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(path('lab'), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(path('lab', name), content);
}

interface Case {
  readonly auth?: boolean;
  readonly tls?: boolean;
  readonly exists?: boolean;
  readonly given?: string;
}

function secrets({ auth = false, tls = false, exists = false, given }: Case) {
  const spec = aSpec({ security: aSecurity({ auth, tls }) });
  return secretsFor({ home: path() } as Context, spec, exists, given);
}

describe('the secrets of a topology that lets anyone in', () => {
  it('are none, whatever lies about', async () => {
    await keep({ password: `${KEPT}\n`, 'ca.crt': 'x', 'ca.key': 'y' });
    const none = { keptPasswords: new Set(), hasAuthority: false };
    expect(await secrets({})).toEqual(none);
    expect(await secrets({ exists: true })).toEqual(none);
  });
});

describe('the password', () => {
  it('is a new one, each time another, for a new topology', async () => {
    const [first, second] = [await secrets({ auth: true }), await secrets({ auth: true })];
    const password = first.passwords?.app ?? '';
    expect(first).toEqual({
      passwords: onePassword(password),
      keptPasswords: new Set(),
      hasAuthority: false,
    });
    expect(passwordProblem(password)).toBeUndefined();
    expect(second.passwords?.app).not.toBe(password);
  });

  it('is the given one for a new topology', async () => {
    expect(await secrets({ auth: true, given: GIVEN })).toEqual({
      passwords: onePassword(GIVEN),
      keptPasswords: new Set(),
      hasAuthority: false,
    });
  });

  it.each([
    ['of a topology that exists', true],
    ['of one whose making was cut short', false],
  ])('is the kept one %s', async (_, exists) => {
    await keep({ password: `${KEPT}\n` });
    const kept = {
      passwords: onePassword(KEPT),
      keptPasswords: new Set(['app']),
      hasAuthority: false,
    };
    expect(await secrets({ auth: true, exists })).toEqual(kept);
    expect(await secrets({ auth: true, exists, given: KEPT })).toEqual(kept);
  });

  it('is not replaced by another one', async () => {
    await keep({ password: `${KEPT}\n` });
    const asked = secrets({ auth: true, exists: true, given: GIVEN });
    await expect(asked).rejects.toMatchObject({
      kind: 'topology',
      message: 'lab has another password already.',
      hint: expect.stringContaining('rsent rotate-password lab'),
    });
  });

  it('is not made anew for a topology that exists', async () => {
    await expect(secrets({ auth: true, exists: true })).rejects.toMatchObject({
      kind: 'topology',
      message: `The password of lab is gone: there is no ${path('lab', 'password')}.`,
      hint: expect.stringContaining('--password-file'),
    });
  });

  it('is kept again when the user gives the one that is gone', async () => {
    expect(await secrets({ auth: true, exists: true, given: GIVEN })).toMatchObject({
      passwords: onePassword(GIVEN),
      keptPasswords: new Set(),
    });
  });

  it('is in no error', async () => {
    await keep({ password: `${KEPT}\n` });
    const error: unknown = await secrets({ auth: true, given: GIVEN }).catch((e: unknown) => e);
    const { message, hint, stack } = error as { message: string; hint: string; stack: string };
    const told = [message, hint, stack].join('\n');
    expect(told).toContain('lab has another password');
    expect(told).not.toContain(KEPT);
    expect(told).not.toContain(GIVEN);
  });

  it.each([
    ['empty: every node would let anyone in', ''],
    ['one that would write directives of its own', 'abcdefgh"\nrequirepass "evil'],
  ])('is refused when the kept one is %s', async (_, content) => {
    await keep({ password: `${content}\n` });
    await expect(secrets({ auth: true })).rejects.toMatchObject({ kind: 'topology' });
  });
});

describe('the authority', () => {
  it('is a new one for a new topology, with its name', async () => {
    const { authority, hasAuthority, ...others } = await secrets({ tls: true });
    expect(hasAuthority).toBe(false);
    expect(matches(authority?.certPem ?? '', authority?.keyPem ?? '')).toBe(true);
    expect(isSignedBy(authority?.certPem ?? '', authority?.certPem ?? '')).toBe(true);
    expect(others).toEqual({ keptPasswords: new Set() });
  });

  it('is the kept one', async () => {
    await keep({ 'ca.crt': 'certificate', 'ca.key': 'key' });
    for (const exists of [true, false]) {
      expect(await secrets({ tls: true, exists })).toEqual({
        authority: { certPem: 'certificate', keyPem: 'key' },
        hasAuthority: true,
        keptPasswords: new Set(),
      });
    }
  });

  it.each(['ca.crt', 'ca.key'])('is made anew where only half was made: %s', async (file) => {
    await keep({ [file]: 'half' });
    const { authority, hasAuthority } = await secrets({ tls: true });
    expect(hasAuthority).toBe(false);
    expect(authority?.keyPem).toContain('PRIVATE KEY');
  });

  it.each([
    ['ca.crt', 'ca.key'],
    ['ca.key', 'ca.crt'],
  ])(
    'cannot be made anew for a topology that exists, and names what is gone: %s',
    async (left, gone) => {
      await keep({ [left]: 'half' });
      await expect(secrets({ tls: true, exists: true })).rejects.toMatchObject({
        kind: 'topology',
        message: `The authority of lab is gone: there is no ${path('lab', gone)}.`,
        hint: expect.stringContaining('ca.crt and ca.key'),
      });
    },
  );
});

describe('accessOf', () => {
  const authority = { certPem: 'C', keyPem: 'K' };

  it('is the same for all without ACL, and names nobody', () => {
    const passwords = onePassword('p');
    const all = { password: 'p', ca: 'C' };
    expect(accessOf({ passwords, authority }, false)).toEqual({
      redis: all,
      sentinel: all,
      application: all,
      watcher: all,
      replica: all,
    });
    expect(accessOf({ passwords }, false).redis).toEqual({ password: 'p' });
    expect(accessOf({ authority }, false).sentinel).toEqual({ ca: 'C' });
    expect(accessOf({}, false)).toEqual(OPEN_ACCESS);
  });

  it('is rsent’s own with ACL, and another one for applications', () => {
    const rsent = { username: 'rsent', password: 'password-of-rsent', ca: 'C' };
    expect(accessOf({ passwords: OWN_PASSWORDS, authority }, true)).toEqual({
      redis: rsent,
      sentinel: rsent,
      application: { username: 'app', password: 'password-of-app', ca: 'C' },
      watcher: { username: 'sentinel', password: 'password-of-sentinel', ca: 'C' },
      replica: { username: 'replication', password: 'password-of-replication', ca: 'C' },
    });
  });
});
