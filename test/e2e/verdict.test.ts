import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { ErrorDocument, StatusDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';

jest.setTimeout(180_000);

const run = promisify(execFile);

describe('what status says', () => {
  let lab: Lab;
  let name: string;
  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    await lab.json('up', name, '--profile', 'ci');
  });
  afterAll(() => lab?.clean());

  const status = async () => {
    const { code, stdout } = await lab.run('status', name, '--json');
    const document: StatusDocument = JSON.parse(stdout);
    return { code, ...document };
  };
  const isHealthy = ({ healthy }: StatusDocument) => healthy;

  it('never takes a node of its own for a stranger while a failover goes on', async () => {
    const { master } = await eventually(status, isHealthy, 30_000);
    const watching = lab.start(['status', name, '--watch', '--every', '100ms']);
    await lab.docker.getContainer(`${name}-${master?.node}`).kill();
    await eventually(
      status,
      (seen) => seen.master !== null && seen.master.node !== master?.node,
      60_000,
    );
    expect((await lab.run('up', name)).code).toBe(0);
    await eventually(status, isHealthy, 30_000);
    watching.child.kill('SIGTERM');
    const { stdout } = await watching.result;
    expect(stdout).toContain('is down');
    expect(stdout).not.toMatch(/ghost|foreign|not of this topology/);
  });

  describe('when the engine’s host lets no traffic through between containers', () => {
    /** Ports of a bridge that are isolated reach the host, and not each other. */
    async function isolate(isOn: boolean): Promise<void> {
      const { Id } = await lab.docker.getNetwork(`${name}-net`).inspect();
      const { stdout } = await run('ip', ['-o', 'link', 'show', 'master', `br-${Id.slice(0, 12)}`]);
      const ports = [...stdout.matchAll(/^\d+: ([^@:]+)/gm)].map(([, port = '']) => port);
      expect(ports).toHaveLength(6);
      for (const port of ports) {
        await run('bridge', ['link', 'set', 'dev', port, 'isolated', isOn ? 'on' : 'off']);
      }
    }

    it('names that first, up ends with it in seconds, and nothing is lost', async () => {
      const key = ['--name', name, 'master', '--', 'SET', 'kept', 'yes'];
      expect((await lab.run('cli', ...key)).stdout).toContain('OK');
      await isolate(true);
      const seen = await eventually(
        status,
        ({ findings }) => findings[0]?.code === 'nodes-isolated',
        30_000,
      );
      expect(seen.code).toBe(1);
      const failover = await lab.run('failover', name, '--json');
      expect(failover.code).toBe(1);
      const { error }: ErrorDocument = JSON.parse(failover.stdout);
      expect(error.message).toContain('none of them hears another');
      const up = await lab.run('up', name);
      expect(up.code).toBe(1);
      expect(up.stderr).toMatch(/none of them hears another[\s\S]*To do: .*ip_forward/);
      await isolate(false);
      await eventually(status, isHealthy, 90_000);
      const kept = await lab.run('cli', '--name', name, 'master', '--', 'GET', 'kept');
      expect(kept.stdout).toContain('yes');
    });
  });
});
