import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { Lab } from '../helpers/lab.js';

const run = promisify(execFile);
const BIN = fileURLToPath(new URL('../../bin/rsent.js', import.meta.url));

jest.setTimeout(60_000);

describe('the command itself', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab?.clean());

  it('runs through a symlink, from any folder, by its run bit', async () => {
    const bin = join(lab.home, 'bin');
    await mkdir(bin);
    await symlink(BIN, join(bin, 'rsent'));
    const { stdout } = await run(join(bin, 'rsent'), ['--version'], { cwd: '/' });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('writes a spec file with init that up understands, and never over another', async () => {
    const path = join(lab.home, 'rsent.yaml');
    expect((await lab.run('init', path, '--yes')).code).toBe(0);
    expect(await readFile(path, 'utf8')).toContain('profile: dev');
    const { code, stdout } = await lab.run('up', '-f', path, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('down-after-milliseconds mymaster 5000');
    const again = await lab.run('init', path, '--yes');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('exists already');
  });

  it('asks nothing where nobody can answer', async () => {
    const { code, stderr } = await lab.run('init', join(lab.home, 'another.yaml'));
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
  });

  it.each([['--version'], ['--help'], ['ls', '--json'], ['up', '--dry-run']])(
    'says in plain words that its answer could not be written: %s %s',
    async (...args) => {
      const given = args.filter((arg) => arg !== undefined);
      const script = ['-c', 'exec "$0" "$@" >/dev/full', BIN, ...given];
      const failure: unknown = await run('sh', script, { env: lab.env() }).catch((error) => error);
      expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOSPC') });
      expect(failure).toMatchObject({ stderr: expect.stringContaining('could not be written') });
      expect(failure).toMatchObject({ stderr: expect.not.stringMatching(/^\s+at /m) });
    },
  );

  it('goes on to its end when whoever read along has left, and a watch ends', async () => {
    const name = lab.name();
    const { child, result } = lab.start(['up', name, '--profile', 'ci', '--replicas', '1']);
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    expect((await result).code).toBe(0);
    expect(await lab.faultless(name)).toMatchObject({ healthy: true, findings: [] });
    const watching = lab.start(['status', name, '--watch', '--every', '100ms']);
    watching.child.stdout?.once('data', () => watching.child.stdout?.destroy());
    expect((await watching.result).code).toBe(0);
  });
});
