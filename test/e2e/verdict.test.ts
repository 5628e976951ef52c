import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createConnection } from 'node:net';
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

  it('is the server’s own words when it has no connection left, and that it will have few', async () => {
    const { nodes, master } = await eventually(status, isHealthy, 30_000);
    const published = nodes.find((each) => each.name === master?.node)?.published ?? '';
    const tell = (...words: string[]) =>
      lab.run('cli', '--name', name, master?.node ?? '', '--', ...words);
    await tell('CONFIG', 'SET', 'maxclients', '40');
    expect((await status()).findings.map(({ code }) => code)).toEqual(['few-connections']);
    const [host, port] = published.split(':');
    const idle = Array.from({ length: 45 }, () => {
      return createConnection({ host, port: Number(port) }).on('error', () => {});
    });
    const full = await eventually(
      status,
      ({ findings }) => findings.some(({ code }) => code === 'clients-full'),
      30_000,
    );
    expect([full.code, full.state]).toEqual([1, 'down']);
    const words = JSON.stringify(full.findings);
    expect(words).toContain('ERR max number of clients reached');
    expect(words).not.toMatch(/writeable|enableOfflineQueue|password/);
    const causes = full.findings.filter(({ followsFrom }) => followsFrom === undefined);
    expect(causes.map(({ code }) => code)).not.toContain('no-master');
    const remedies = [
      ...(full.findings[0]?.fix ?? '').matchAll(/rsent ((?:stop|start) \S+ [\w-]+)/g),
    ];
    expect(remedies).toHaveLength(2);
    // Whoever held the connections is still there, and may come again.
    for (const [, remedy = ''] of remedies) {
      expect(await lab.run(...remedy.split(' '))).toMatchObject({ code: 0 });
    }
    await eventually(status, isHealthy, 60_000);
    for (const each of idle) each.destroy();
  });

  it('is that Sentinels could not fail over for want of a right, which up gives back', async () => {
    const { master } = await eventually(status, isHealthy, 30_000);
    const tell = (...words: string[]) =>
      lab.run('cli', '--name', name, master?.node ?? '', '--', ...words);
    await tell('ACL', 'SETUSER', 'default', '-slaveof', '-client|kill', '-multi');
    const { code, findings } = await status();
    expect([code, findings.map((each) => each.code)]).toEqual([1, ['permission-missing']]);
    expect(findings[0]?.saw).toMatch(/default may not: .*multi.*slaveof/);
    expect((await lab.run('up', name)).code).toBe(0);
    expect(await status()).toMatchObject({ code: 0, findings: [] });
  });

  it('is that a replica is not announced, which up puts right', async () => {
    const { master } = await eventually(status, isHealthy, 30_000);
    const replica = master?.node === 'redis-2' ? 'redis-3' : 'redis-2';
    const ask = ['cli', '--name', name, replica, '--', 'CONFIG'];
    await lab.run(...ask, 'SET', 'replica-announced', 'no');
    const { code, findings } = await status();
    expect([code, findings.map((each) => each.code)]).toEqual([1, ['replica-hidden']]);
    expect((await lab.run('up', name)).code).toBe(0);
    expect(await status()).toMatchObject({ code: 0, findings: [] });
  });

  it('is that a Sentinel watches a node for another topology, or sends what nobody knows', async () => {
    const { master } = await eventually(status, isHealthy, 30_000);
    const [ip = '', port = ''] = master?.address.split(':') ?? [];
    const tell = (...words: string[]) =>
      lab.run('cli', '--name', name, 'sentinel-1', '--', 'SENTINEL', ...words);
    await tell('MONITOR', 'theirs', ip, port, '1');
    const { findings } = await status();
    expect(findings).toMatchObject([{ code: 'claimed-twice', subject: master?.node }]);
    expect(findings[0]?.fix).toBe('SENTINEL REMOVE theirs on sentinel-1');
    await tell('REMOVE', 'theirs');
    await eventually(status, isHealthy, 30_000);
    await tell('SET', 'mymaster', 'rename-command', 'CONFIG', 'guessme');
    const renamed = await status();
    expect(renamed.findings).toMatchObject([{ code: 'command-renamed', subject: 'sentinel-1' }]);
    expect(renamed.findings[0]?.fix).toContain('rename-command CONFIG CONFIG');
    await tell('SET', 'mymaster', 'rename-command', 'CONFIG', 'CONFIG');
    await eventually(status, isHealthy, 30_000);
  });

  it('is that data is no longer kept on disk, which up puts right', async () => {
    const { master } = await eventually(status, isHealthy, 30_000);
    await lab.run('cli', '--name', name, 'master', '--', 'CONFIG', 'SET', 'appendonly', 'no');
    const { code, findings } = await status();
    expect(code).toBe(1);
    expect(findings).toMatchObject([
      { code: 'setting-differs', subject: master?.node, saw: 'appendonly no' },
    ]);
    expect((await lab.run('up', name)).code).toBe(0);
    expect((await status()).code).toBe(0);
  });

  it('is that the kernel killed a node for its memory, and the remedy keeps the data', async () => {
    const small = lab.name();
    await lab.json('up', small, '--profile', 'ci', '--memory', '32mb');
    const cli = (...words: string[]) => lab.run('cli', '--name', small, 'master', '--', ...words);
    expect((await cli('SET', 'kept', 'yes')).stdout).toContain('OK');
    const killed = async () => {
      await cli('SETRANGE', `filler-${randomUUID()}`, '8000000', 'x');
      const { stdout } = await lab.run('status', small, '--json');
      const { findings }: StatusDocument = JSON.parse(stdout);
      return findings.find(({ code }) => code === 'killed-for-memory');
    };
    const finding = await eventually(killed, (seen) => seen !== undefined, 60_000);
    expect(finding?.saw).toContain('32 MiB');
    const again = await lab.run('up', small, '--memory', '256mb', '--recreate');
    expect(again.code).toBe(0);
    expect((await cli('GET', 'kept')).stdout).toContain('yes');
    const { stdout } = await lab.run('status', small, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ healthy: true, findings: [] });
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
