import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { StatusDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';

jest.setTimeout(180_000);

describe('a master that refuses writes', () => {
  let lab: Lab;
  let name: string;
  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    // Long enough for nobody to be replaced while a pause holds the Sentinels' own messages back.
    await lab.json('up', name, '--profile', 'ci', '--acl', '--down-after', '60s');
  });
  afterAll(() => lab?.clean());

  const tell = async (...words: string[]) => {
    const { code, stdout, stderr } = await lab.run(
      ...['cli', '--name', name, 'master', '--as', 'rsent', '--', ...words],
    );
    expect([code, stderr]).toEqual([0, '']);
    return stdout.trim();
  };
  const write = () => lab.run('cli', '--name', name, 'master', '--', 'SET', 'key', 'value');
  const status = async () => {
    const { code, stdout } = await lab.run('status', name, '--json');
    const document: StatusDocument = JSON.parse(stdout);
    return { code, ...document };
  };
  const isHealthy = ({ healthy }: StatusDocument) => healthy;

  /** What status says of it: exit 1, down, and this finding about the master. */
  async function expectDown(finding: string): Promise<void> {
    const { code, state, findings } = await status();
    expect([code, state]).toEqual([1, 'down']);
    expect(findings.map((each) => each.code)).toContain(finding);
  }

  /** What the remedy of all these says. */
  async function upMends(): Promise<void> {
    const { code, stderr } = await lab.run('up', name, '--timeout', '20s');
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('[WARN]')]);
    expect((await write()).stdout).toContain('OK');
    expect(await status()).toMatchObject({ code: 0, findings: [] });
  }

  it('by a guard that nobody asked for is down, and up puts the guard right', async () => {
    await tell('CONFIG', 'SET', 'min-replicas-to-write', '1000000');
    expect((await write()).stdout).toContain('NOREPLICAS');
    await expectDown('writes-refused');
    expect((await lab.run('up', name)).code).toBe(0);
    expect((await write()).stdout).toContain('OK');
    expect((await status()).code).toBe(0);
  });

  it('for want of memory is down, and set gives it more', async () => {
    expect((await lab.run('set', name, '--maxmemory', '16mb')).code).toBe(0);
    await lab.run('cli', '--name', name, 'master', '--', 'SETRANGE', 'filler', '16777216', 'x');
    expect((await write()).stdout).toContain('OOM');
    await expectDown('memory-full');
    expect((await lab.run('set', name, '--maxmemory', '0')).code).toBe(0);
    expect((await write()).stdout).toContain('OK');
    expect((await status()).code).toBe(0);
  });

  it('while a pause holds them back is down, and UNPAUSE ends it', async () => {
    await tell('CLIENT', 'PAUSE', '60000', 'WRITE');
    await expectDown('writes-paused');
    await tell('CLIENT', 'UNPAUSE');
    await eventually(status, isHealthy, 30_000);
  });

  it('of the application’s user is down, and up gives that user its rights back', async () => {
    await tell('ACL', 'SETUSER', 'app', 'off');
    await expectDown('application-refused');
    await upMends();
    await tell('ACL', 'SETUSER', 'app', 'resetkeys');
    await expectDown('application-refused');
    await upMends();
    await tell('ACL', 'SETUSER', 'app', 'resetpass', '>another-password');
    await expectDown('application-refused');
    await upMends();
  });

  it('to some keys, or by some commands, still takes others, and says what is other', async () => {
    await tell('ACL', 'SETUSER', 'app', 'resetkeys', '~app:*', '-incr');
    const { code, state, findings } = await status();
    expect([code, state]).toEqual([0, 'healthy']);
    expect(findings).toMatchObject([{ code: 'rights-differ', severity: 'warning' }]);
    expect(findings[0]?.saw).toMatch(/keys: ~app:\*.*may not: incr/);
    const ours = await lab.run('cli', '--name', name, 'master', '--', 'SET', 'app:1', 'x');
    expect(ours.stdout).toContain('OK');
    // Somebody may have meant it: only the remedy widens it.
    expect((await lab.run('up', name)).code).toBe(0);
    const still = await status();
    expect(still.findings).toMatchObject([{ code: 'rights-differ' }]);
    const remedy =
      /rsent (cli .* ACL SETUSER [^,]*),/.exec(still.findings[0]?.fix ?? '')?.[1] ?? '';
    await lab.run(...remedy.replaceAll("'", '').split(' '));
    expect((await status()).findings).toEqual([]);
    // More than it had is nothing that up leaves.
    await tell('ACL', 'SETUSER', 'app', '+config|set');
    expect((await status()).findings[0]?.saw).toMatch(/should not: config\|set/);
    await upMends();
    // Keys of rsent's own alone: nothing that an application has.
    await tell('ACL', 'SETUSER', 'app', 'resetkeys', '~rsent:*');
    expect((await write()).stdout).toContain('NOPERM');
    await expectDown('application-refused');
    await upMends();
  });

  it('to a Sentinel’s user is an error, and up ends it', async () => {
    await tell('ACL', 'SETUSER', 'sentinel', '-multi', '-config|rewrite');
    const { code, findings } = await status();
    expect(code).toBe(1);
    expect(findings).toMatchObject([{ code: 'permission-missing' }]);
    expect(findings[0]?.saw).toContain('multi');
    await upMends();
  });

  it('lets nobody in for long whom somebody has let in', async () => {
    await tell('ACL', 'SETUSER', 'default', 'on', 'nopass', '~*', '&*', '+@all');
    const { code, findings } = await status();
    expect(code).toBe(1);
    expect(findings.filter((each) => each.code === 'lets-anyone-in')).toHaveLength(1);
    await upMends();
  });

  it('tells of a user that nobody asked for, also when the passwords change', async () => {
    await tell('ACL', 'SETUSER', 'joe', 'on', '>joes-password', '~*', '+@all');
    const { code, findings } = await status();
    expect([code, findings.map((each) => each.code)]).toEqual([0, ['acl-stranger']]);
    const { stderr, code: rotated } = await lab.run('rotate-password', name);
    expect(rotated).toBe(0);
    expect(stderr).toMatch(/joe.*It keeps its password/);
    const remedy = /rsent (cli .* -- ACL DELUSER joe)/.exec(findings[0]?.fix ?? '')?.[1] ?? '';
    expect((await lab.run(...remedy.split(' '))).stdout.trim()).toBe('1');
    expect((await status()).findings).toEqual([]);
  });

  it('is not called well by a doctor who may not ask', async () => {
    const { sentinels } = await status();
    const door = sentinels[0]?.published ?? '';
    const RSENT_PASSWORD = (
      await readFile(join(lab.home, 'data', name, 'password'), 'utf8')
    ).trim();
    const args = ['doctor', '--sentinel', door, '--user', 'app'];
    const { code, stdout } = await lab.start(args, { RSENT_PASSWORD }).result;
    expect(code).toBe(1);
    expect(stdout).toMatch(/does not answer .*NOPERM/);
    expect(stdout).not.toContain('nothing found');
  });
});
