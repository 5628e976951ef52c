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

  it('of the application’s user is down, and says how that user gets its right back', async () => {
    await tell('ACL', 'SETUSER', 'app', 'off');
    await expectDown('application-refused');
    await tell('ACL', 'SETUSER', 'app', 'on');
    await eventually(status, isHealthy, 30_000);
    await tell('ACL', 'SETUSER', 'app', '-set');
    await expectDown('application-refused');
    await tell('ACL', 'SETUSER', 'app', '+set');
    await eventually(status, isHealthy, 30_000);
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
