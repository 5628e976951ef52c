import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { UpDocument } from '../helpers/documents.js';
import { eventually, Lab, type RunningCommand } from '../helpers/lab.js';
import { type Key, withRedis } from '../helpers/redis.js';

jest.setTimeout(180_000);

describe('a password that the user gives', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab?.clean());

  it('is taken from a file or from the environment, and kept', async () => {
    const name = lab.name();
    const file = join(lab.home, 'given');
    await writeFile(file, 'from-a-file-1!\n');
    const flags = ['--profile', 'ci', '--replicas', '1'];
    await lab.json<UpDocument>('up', name, ...flags, '--password-file', file);
    const kept = join(lab.home, 'data', name, 'password');
    expect(await readFile(kept, 'utf8')).toBe('from-a-file-1!\n');
    await writeFile(file, 'from-a-file-2!\n');
    expect((await lab.run('rotate-password', name, '--password-file', file)).code).toBe(0);
    expect(await readFile(kept, 'utf8')).toBe('from-a-file-2!\n');
    expect(await lab.healthy(name)).toMatchObject({ healthy: true });
    const other = await lab.start(['up', name], { RSENT_PASSWORD: 'another-one' }).result;
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('rotate-password')]);
    await lab.run('down', name, '--volumes', '--yes');
    const env = { RSENT_PASSWORD: 'from-outside-1' };
    expect((await lab.start(['up', name, ...flags], env).result).code).toBe(0);
    expect(await readFile(kept, 'utf8')).toBe('from-outside-1\n');
  });

  it('is completed by up when the rotation is killed, at its beginning and in its grace', async () => {
    const name = lab.name();
    await lab.json<UpDocument>('up', name, '--profile', 'ci', '--replicas', '1', '--acl');
    const next = join(lab.home, 'data', name, 'secrets.next');
    const record = join(lab.home, 'data', name, 'topology.json');
    const begun = () =>
      eventually(
        () => readFile(record, 'utf8'),
        (text) => text.includes('"rotating"'),
      );
    const moments: ((running: RunningCommand) => Promise<unknown>)[] = [
      begun,
      (running) => running.heard('Every node knows the new password'),
    ];
    for (const moment of moments) {
      const { nodes } = await lab.json<UpDocument>('up', name);
      const old = await lab.key(name);
      const running = lab.start(['rotate-password', name, '--grace', '60s']);
      await moment(running);
      running.child.kill('SIGKILL');
      await running.result;
      const { stdout } = await lab.run('status', name);
      expect(stdout).toContain('its password is to be replaced');
      expect(await lab.json<UpDocument>('up', name)).toMatchObject({ healthy: true, findings: [] });
      await expect(access(next)).rejects.toThrow('ENOENT');
      for (const node of nodes) {
        const ping = (key: Key) => withRedis(node.published, (client) => client.ping(), key);
        expect(await ping(await lab.key(name))).toBe('PONG');
        await expect(ping(old)).rejects.toThrow();
      }
    }
  });

  it.each([
    ['short', 'short'],
    ['with a space', 'pass word 12'],
    ['with a quote', 'pass"word12'],
    ['with a line end and a directive', 'password1\nrename-command FLUSHALL ""'],
    ['that is not ASCII', 'paßwörter-sind'],
    ['too long', 'x'.repeat(129)],
  ])('is refused when it is %s, is not repeated, and nothing is made', async (_, secret) => {
    const name = lab.name();
    const { code, stdout, stderr } = await lab.start(['up', name], { RSENT_PASSWORD: secret })
      .result;
    expect(code).toBe(2);
    expect(stderr).toContain('RSENT_PASSWORD');
    expect(stdout + stderr).not.toContain(secret);
    expect(await lab.leftovers(name)).toEqual([]);
  });

  it('may not be a flag, and a wider address needs one', async () => {
    const name = lab.name();
    expect((await lab.run('up', name, '--password', 'secret-123')).code).toBe(2);
    const { code, stderr } = await lab.run('up', name, '--publish', '0.0.0.0');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--auth')]);
    expect(await lab.leftovers(name)).toEqual([]);
    const flags = ['--profile', 'ci', '--publish', '0.0.0.0', '--auth', '--tls'];
    const open = await lab.json<UpDocument>('up', name, ...flags);
    expect(open.nodes[0]?.published).toMatch(/^0\.0\.0\.0:/);
    expect(await lab.healthy(name)).toMatchObject({ healthy: true });
  });
});
