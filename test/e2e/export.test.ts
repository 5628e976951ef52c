import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type Docker from 'dockerode';
import { ComposeProject, findCompose } from '../helpers/compose.js';
import type { DoctorDocument, ErrorDocument, ExportDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { type Key, withRedis } from '../helpers/redis.js';

jest.setTimeout(300_000);

interface Case {
  readonly title: string;
  readonly flags: readonly string[];
  /** Whether `rsent up` makes it first; else it is placed by the export. */
  readonly made?: true;
  /** What the doctor says of every topology like this. */
  readonly known?: readonly string[];
}

const CASES: readonly Case[] = [
  { title: 'a bridge that up has made', flags: ['--memory', '256mb'], made: true },
  { title: 'users and TLS', flags: ['--acl', '--tls'] },
  { title: 'a pod', flags: ['--network', 'pod', '--auth'], known: ['mymaster: one-host'] },
];

/** What is exported holds no port until Compose runs it: others take the usual ones meanwhile. */
const portsOf = (nth: number) => [
  ...['--redis-port', String(23_000 + 100 * nth), '--sentinel-port', String(24_000 + 100 * nth)],
];

/** An export that Compose runs. */
interface Exported {
  readonly title: string;
  readonly name: string;
  readonly document: ExportDocument;
  readonly project: ComposeProject;
  readonly text: string;
  readonly key: Key;
  /** What the doctor is to see. */
  readonly sound: { readonly answering: number; readonly found: readonly string[] };
}

describe('what is exported, run by Compose without rsent', () => {
  let lab: Lab;
  const exports: Exported[] = [];
  let ofUp: Docker.ContainerInspectInfo;

  beforeAll(async () => {
    lab = await Lab.open();
    const program = await findCompose();
    // One after the other: what does not run yet holds no port and no subnet.
    for (const [nth, each] of CASES.entries()) {
      const name = lab.name();
      const asked = ['--profile', 'ci', ...each.flags, ...portsOf(nth)];
      if (each.made) {
        await lab.json('up', name, ...asked);
        ofUp = await lab.docker.getContainer(`${name}-redis-2`).inspect();
        await lab.json('down', name);
      }
      const to = join(lab.home, `exported-${name}`);
      const flags = each.made ? [] : asked;
      const document = await lab.json<ExportDocument>(
        'export',
        'compose',
        name,
        ...flags,
        '--to',
        to,
      );
      const project = new ComposeProject(program, lab.docker, to, name);
      const text = await readFile(join(to, 'compose.yaml'), 'utf8');
      exports.push({
        ...{ title: each.title, name, document, project, text },
        key: await keyOf(document),
        sound: { answering: 6, found: each.known ?? [] },
      });
      await project.up(text);
    }
  });
  afterAll(async () => {
    for (const { project } of exports) await project.down();
    await lab?.clean();
  });

  async function keyOf({
    directory,
    user,
    passwordFile,
    authorityFile,
  }: ExportDocument): Promise<Key> {
    const read = async (file: string | null) =>
      file === null ? undefined : (await readFile(join(directory, file), 'utf8')).trim();
    const [password, ca] = await Promise.all([read(passwordFile), read(authorityFile)]);
    return {
      ...(user === null ? {} : { username: user }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
    };
  }

  /** One after the other would wait for each by itself. */
  const ofEach = <T>(ask: (each: Exported) => Promise<T>) =>
    Promise.all(exports.map(async (each) => [each.title, await ask(each)] as const));

  /** What the doctor finds, and how many it has found to take part. */
  async function examined({ document }: Exported) {
    const [sentinel = ''] = document.sentinels;
    const file = (flag: string, path: string | null) =>
      path === null ? [] : [flag, join(document.directory, path)];
    // The application may not ask all that the doctor does.
    const hasUsers = document.user !== null;
    const args = [
      ...['doctor', '--sentinel', sentinel, '--json'],
      ...file('--password-file', hasUsers ? 'password.rsent' : document.passwordFile),
      ...file('--tls-ca', document.authorityFile),
      ...(hasUsers ? ['--user', 'rsent'] : []),
    ];
    const { stdout } = await lab.run(...args);
    const { masters, findings } = JSON.parse(stdout) as DoctorDocument;
    return {
      answering: masters.flatMap(({ servers }) => servers.filter(({ answered }) => answered))
        .length,
      found: findings.map(({ code, subject }) => `${subject}: ${code}`),
    };
  }

  const sound = (each: Exported) =>
    eventually(
      () => examined(each),
      (seen) => JSON.stringify(seen) === JSON.stringify(each.sound),
      60_000,
    );

  /** The service that this Sentinel takes for the master, by the address that it hands out. */
  async function masterOf({ document, key, project }: Exported): Promise<string> {
    const [sentinel = ''] = document.sentinels;
    const [ip, port] = await withRedis(
      sentinel,
      (client) =>
        client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster') as Promise<string[]>,
      key,
    );
    for (const service of ['redis-1', 'redis-2', 'redis-3']) {
      const conf = await readFile(join(project.directory, service, 'conf', 'redis.conf'), 'utf8');
      const { NetworkSettings } = await lab.docker
        .getContainer(project.container(service))
        .inspect();
      const addresses = Object.values(NetworkSettings.Networks).map(
        (each) => each.IPAMConfig?.IPv4Address ?? '127.0.0.1',
      );
      // In a pod there is no network of its own: all are at 127.0.0.1, each at a port of its own.
      const at = addresses[0] ?? '127.0.0.1';
      if (at === ip && new RegExp(`^(tls-)?port ${port}$`, 'm').test(conf)) return service;
    }
    throw new Error(`${ip}:${port} is no data node`);
  }

  it('has its quorum, and the doctor finds nothing', async () => {
    await ofEach(sound);
    expect(await ofEach(masterOf)).toEqual(CASES.map(({ title }) => [title, 'redis-1']));
  });

  it('is what up makes, but for names and labels', async () => {
    const { project } = exports[0]!;
    const ours = await lab.docker.getContainer(project.container('redis-2')).inspect();
    const facts = ({ Config, HostConfig, NetworkSettings }: Docker.ContainerInspectInfo) => {
      const { Memory, PidsLimit, RestartPolicy, CapDrop, ReadonlyRootfs, LogConfig } = HostConfig;
      const [network] = Object.values(NetworkSettings.Networks);
      return {
        ...{ Memory, PidsLimit, RestartPolicy, CapDrop, ReadonlyRootfs, LogConfig },
        ...{ security: HostConfig.SecurityOpt, tmpfs: HostConfig.Tmpfs, user: Config.User },
        ...{ image: Config.Image, entrypoint: Config.Entrypoint, ports: HostConfig.PortBindings },
        ...{ hostname: Config.Hostname, ip: network?.IPAMConfig?.IPv4Address },
      };
    };
    expect(facts(ours)).toEqual(facts(ofUp));
    expect(facts(ours)).toMatchObject({ Memory: 256 * 1024 ** 2, ReadonlyRootfs: true });
    expect(await lab.leftovers(project.name)).toEqual([]);
    expect(Object.keys(ours.Config.Labels).filter((label) => label.startsWith('rsent'))).toEqual(
      [],
    );
  });

  it('has secrets only in files for their owner alone', async () => {
    for (const { document, text } of exports) {
      const { directory, files } = document;
      const confs = files.filter((file) => /\/conf\/(redis|sentinel)\.conf$/.test(file));
      expect(confs).toHaveLength(6);
      const secret = files.filter((file) => /(^|\/)(password[^/]*|[^/]*\.key)$/.test(file));
      for (const file of [...confs, ...secret]) {
        const { mode } = await stat(join(directory, file));
        expect([file, mode & 0o777]).toEqual([file, 0o600]);
      }
      const passwords = files.filter((file) => file.startsWith('password'));
      for (const file of passwords) {
        const password = (await readFile(join(directory, file), 'utf8')).trim();
        expect(password.length).toBeGreaterThan(20);
        expect([file, text.includes(password)]).toEqual([file, false]);
      }
      for (const service of ['redis-1', 'sentinel-1']) {
        const container = lab.docker.getContainer(`${document.topology}-${service}-1`);
        const told = JSON.stringify(await container.inspect());
        for (const file of passwords) {
          const password = (await readFile(join(directory, file), 'utf8')).trim();
          expect([file, told.includes(password)]).toEqual([file, false]);
        }
      }
    }
  });

  it('replaces a master that is killed, and has it back as a replica', async () => {
    await ofEach(async (each) => {
      const old = lab.docker.getContainer(each.project.container('redis-1'));
      await old.kill();
      const next = await eventually(
        () => masterOf(each),
        (master) => master !== 'redis-1',
        60_000,
      );
      await old.start();
      expect(['redis-2', 'redis-3']).toContain(next);
    });
    // It finds a second master, a broken link and a Sentinel of another mind.
    await ofEach(sound);
    for (const each of exports) expect([each.title, await masterOf(each)]).not.toContain('redis-1');
  });

  it('comes back with its data and its roles after it was taken down', async () => {
    const each = exports[1]!;
    const master = await masterOf(each);
    const published = await publishedOf(each, master);
    await withRedis(published, (client) => client.set('kept', 'yes'), each.key);
    await each.project.down();
    await each.project.up(each.text);
    await sound(each);
    expect(await masterOf(each)).toBe(master);
    const got = await withRedis(published, (client) => client.get('kept'), each.key);
    expect(got).toBe('yes');
  });

  async function publishedOf({ project }: Exported, service: string): Promise<string> {
    const { HostConfig } = await lab.docker.getContainer(project.container(service)).inspect();
    const [[binding] = []] = Object.values(HostConfig.PortBindings as Docker.PortMap);
    return `${binding?.HostIp}:${binding?.HostPort}`;
  }

  it('refuses a directory with something in it, and leaves that alone', async () => {
    const { document, name } = exports[0]!;
    const before = await readdir(document.directory);
    const { code, stdout } = await lab.run(
      'export',
      'compose',
      name,
      '--to',
      document.directory,
      '--json',
    );
    expect(code).toBe(2);
    expect((JSON.parse(stdout) as ErrorDocument).error).toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('not empty'),
    });
    expect(await readdir(document.directory)).toEqual(before);
  });

  it('writes nothing when it cannot write all', async () => {
    const { name } = exports[0]!;
    const before = await readdir(lab.home);
    const to = join(lab.home, 'never');
    const { code, stderr } = await lab.run(
      'export',
      'compose',
      name,
      '--replicas',
      '5',
      '--to',
      to,
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining('replicas')]);
    expect(await readdir(lab.home)).toEqual(before);
  });

  it('leaves nothing on the engine when Compose takes it down', async () => {
    for (const { project } of exports) {
      expect((await project.parts()).length).toBeGreaterThan(6);
      await project.down();
      expect(await project.parts()).toEqual([]);
    }
  });
});
