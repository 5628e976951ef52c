import { readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { ErrorDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';

jest.setTimeout(120_000);

describe('up that cannot be', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab?.clean());

  const dataOf = (name: string) =>
    readdir(join(lab.home, 'data')).then(
      (names) => names.filter((each) => each === name),
      () => [],
    );

  async function expectNothingOf(name: string): Promise<void> {
    expect(await lab.leftovers(name)).toEqual([]);
    expect(await dataOf(name)).toEqual([]);
  }

  describe('with a port that somebody holds', () => {
    let server: Server;
    let port: number;
    beforeAll(async () => {
      server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    it('names the holder when the user named the port, and creates nothing', async () => {
      const name = lab.name();
      const { code, stderr } = await lab.run('up', name, '--redis-port', String(port));
      expect(code).toBe(2);
      expect(stderr).toContain(`port ${port} is held by node (pid ${process.pid})`);
      await expectNothingOf(name);
    });

    it('takes the next free ones when the user named none', async () => {
      const [one, two] = [lab.name(), lab.name()];
      const [first, second] = await Promise.all([
        lab.json<UpDocument>('up', one, '--profile', 'ci'),
        lab.json<UpDocument>('up', two, '--profile', 'ci'),
      ]);
      const ports = [...first.nodes, ...second.nodes].map(({ published }) => published);
      expect(new Set(ports).size).toBe(12);
      const subnets = [first, second].map(({ master }) =>
        master.address.split('.').slice(0, 3).join('.'),
      );
      expect(new Set(subnets).size).toBe(2);
      await lab.docker.getContainer(`${one}-redis-1`).kill();
      expect(await lab.healthy(two)).toMatchObject({ healthy: true });
      expect((await lab.run('status', one)).code).toBe(1);
      expect((await lab.run('down', one, '--volumes', '--yes')).code).toBe(0);
      expect(await lab.healthy(two)).toMatchObject({ healthy: true });
      await expectNothingOf(one);
    });
  });

  it('says that an image cannot be pulled, and what else there is', async () => {
    const name = lab.name();
    const { code, stderr } = await lab.run('up', name, '--image', 'localhost:1/no/such-image:1');
    expect(code).toBe(2);
    expect(stderr).toContain('localhost:1/no/such-image:1');
    expect(stderr).toContain('rsent image build');
    await expectNothingOf(name);
  });

  it('leaves a foreign container with a look-alike name alone', async () => {
    const name = lab.name();
    const foreign = await lab.docker.createContainer({
      name: `${name}-redis-2`,
      Image: process.env['RSENT_TEST_IMAGE'] ?? '',
      Cmd: ['sleep', '300'],
    });
    try {
      const { code, stderr } = await lab.run('up', name);
      expect(code).toBe(2);
      expect(stderr).toContain(`${name}-redis-2`);
      await expectNothingOf(name);
      expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
      expect((await foreign.inspect()).Name).toBe(`/${name}-redis-2`);
    } finally {
      await foreign.remove({ force: true });
    }
  });

  it.each(['../../escape', '\x1b[2Jcleared', ''])(
    'takes no notice of a container that claims to be of the topology %j',
    async (topology) => {
      const foreign = await lab.docker.createContainer({
        Image: process.env['RSENT_TEST_IMAGE'] ?? '',
        Cmd: ['sleep', '300'],
        Labels: { 'rsent.schema': '1', 'rsent.topology': topology, 'rsent.node': 'redis-1' },
      });
      try {
        const { code, stdout } = await lab.run('ls');
        expect(code).toBe(0);
        expect(stdout).not.toContain('escape');
        expect(stdout).not.toContain('cleared');
      } finally {
        await foreign.remove({ force: true });
      }
    },
  );

  it.each(['SIGINT', 'SIGTERM'] as const)('rolls back after %s in the middle', async (signal) => {
    const name = lab.name();
    const running = lab.start(['up', name]);
    for (;;) {
      if ((await lab.leftovers(name)).length > 2) break;
    }
    running.child.kill(signal);
    const { code, stderr } = await running.result;
    expect(code).toBe(130);
    expect(stderr).toContain('Rolled back');
    await expectNothingOf(name);
  });

  it('lets a second rsent wait until the first is done with the same topology', async () => {
    const name = lab.name();
    const both = await Promise.all([
      lab.json<UpDocument>('up', name, '--profile', 'ci'),
      lab.json<UpDocument>('up', name, '--profile', 'ci'),
    ]);
    expect(both.map(({ healthy }) => healthy)).toEqual([true, true]);
    expect(both.map(({ changed }) => changed).sort()).toEqual([false, true]);
    expect(both[0]?.nodes).toEqual(both[1]?.nodes);
  });

  it('is sorted out by the next up after a SIGKILL in the middle', async () => {
    const name = lab.name();
    const running = lab.start(['up', name, '--profile', 'ci']);
    for (;;) {
      if ((await lab.leftovers(name)).length > 3) break;
    }
    running.child.kill('SIGKILL');
    await running.result;
    expect(await lab.json<UpDocument>('up', name)).toMatchObject({ healthy: true, changed: true });
  });

  it('tells every problem of a spec at once, with its line, and creates nothing', async () => {
    const file = join(lab.home, 'bad.yaml');
    await writeFile(
      file,
      'name: ok\nreplicas: many\nsentinels: 4\nquorum: 9\nsize: 3\nredisPort: 70000\n',
    );
    const { code, stderr } = await lab.run('up', '-f', file, '--master-name', 'my master');
    expect(code).toBe(2);
    for (const part of [
      'bad.yaml:2: replicas',
      'bad.yaml:3: sentinels',
      'bad.yaml:4: quorum',
      'bad.yaml:5: size',
      'bad.yaml:6: redisPort',
      '--master-name',
    ]) {
      expect(stderr).toContain(part);
    }
    await expectNothingOf('ok');
  });

  it.each(['../escape', 'UPPER', 'a b', '-x-', '.', 'a/b'])('refuses the name %j', async (name) => {
    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(2);
    expect((await lab.run('down', '--volumes', '--yes', '--', name)).code).toBe(2);
  });

  it('touches nothing in a dry run, and prints every file', async () => {
    const name = lab.name();
    const { code, stdout } = await lab.run('up', name, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('sentinel monitor mymaster');
    expect(stdout).toContain('down-after-milliseconds mymaster 30000');
    await expectNothingOf(name);
  });

  it('says how to get an engine where none answers', async () => {
    const { code, stdout, stderr } = await lab.start(['status', '--json'], {
      DOCKER_HOST: 'unix:///nowhere/docker.sock',
    }).result;
    expect(code).toBe(2);
    expect((JSON.parse(stdout) as ErrorDocument).error.kind).toBe('engine');
    expect(stderr).toContain('No Docker Engine answers at unix:///nowhere/docker.sock');
  });

  it('gives up at the timeout with what it saw and the logs, and rolls back', async () => {
    const name = lab.name();
    const templates = join(lab.home, 'templates');
    await lab.run('--version');
    await import('node:fs/promises').then(({ mkdir }) => mkdir(templates));
    await writeFile(join(templates, 'redis.conf.hbs'), 'port {{port}}\nno-such-directive yes\n');
    const { code, stderr } = await lab.run(
      'up',
      name,
      '--templates',
      templates,
      '--timeout',
      '20s',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('no-such-directive');
    await expectNothingOf(name);
  });
});
