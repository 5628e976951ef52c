import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import tar from 'tar-stream';
import type { DrillDocument, UpDocument } from '../helpers/documents.js';
import { Follower, LIBRARIES } from '../helpers/followers.js';
import { eventually, Lab } from '../helpers/lab.js';
import { OtherHost } from '../helpers/other-host.js';
import { type Key, withRedis } from '../helpers/redis.js';

jest.setTimeout(300_000);

const IMAGE = process.env['RSENT_TEST_IMAGE'] ?? '';

/** Owner and mode of everything in the volume of a node, by its path in it. */
async function filesOf(lab: Lab, container: string): Promise<Map<string, string>> {
  const stream = await lab.docker.getContainer(container).getArchive({ path: '/node' });
  const extract = tar.extract();
  Readable.from(await buffer(stream as Readable)).pipe(extract);
  const found = new Map<string, string>();
  for await (const entry of extract) {
    const { name, uid, gid, mode = 0 } = entry.header;
    found.set(name.replace(/\/$/, ''), `${uid}:${gid} ${(mode & 0o777).toString(8)}`);
    entry.resume();
  }
  return found;
}

/** A client as an application has it: it asks the Sentinels, and follows. */
function applicationOf({ nodes }: UpDocument, { password }: Key): Redis {
  const sentinels = nodes
    .filter(({ kind }) => kind === 'sentinel')
    .map(({ address }) => ({
      host: address.split(':')[0] ?? '',
      port: Number(address.split(':')[1]),
    }));
  const auth = password === undefined ? {} : { password, sentinelPassword: password };
  const client = new Redis({ sentinels, name: 'mymaster', ...auth, maxRetriesPerRequest: 1 });
  client.on('error', () => {});
  return client;
}

const helpers = async (lab: Lab, name: string) =>
  (await lab.leftovers(name)).filter((each) => each.includes('-files-'));
const volumesOf = (up: UpDocument) => up.nodes.map(({ container }) => `${container}-files`);

describe('an engine on another machine', () => {
  let host: OtherHost;
  let lab: Lab;
  let name: string;
  let first: UpDocument;
  let promoted: string;

  beforeAll(async () => {
    host = await OtherHost.boot(IMAGE);
    lab = await Lab.open(host);
    name = lab.name();
  });
  afterAll(async () => {
    await lab?.clean();
    await host?.shutDown();
  });

  it.each([
    ['without a password', [], 'add --auth'],
    ['in a pod', ['--auth', '--network', 'pod'], 'network is pod'],
    ['in directories', ['--auth', '--storage', 'directory'], 'is on another machine'],
  ])('refuses a topology %s, and nothing was made', async (_, flags, words) => {
    const { code, stderr } = await lab.run('up', name, '--profile', 'ci', ...flags);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(await lab.leftovers(name)).toEqual([]);
  });

  it('shows the plan of one without making anything', async () => {
    const { code, stdout } = await lab.run('up', name, '--profile', 'ci', '--auth', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain(`create-volume     ${name}-redis-1-files`);
    expect(await lab.leftovers(name)).toEqual([]);
  });

  it('brings one up, with every node known at the address of that machine', async () => {
    first = await lab.json<UpDocument>('up', name, '--profile', 'ci', '--auth');
    expect(first.healthy).toBe(true);
    for (const { address } of first.nodes) expect(address.split(':')[0]).toBe(host.address);
  });

  it('keeps all of a node in its volume, for nobody but the node', async () => {
    for (const { container, kind } of first.nodes) {
      const { HostConfig } = await lab.docker.getContainer(container).inspect();
      expect(HostConfig.Mounts?.map(({ Type, Target }) => [Type, Target])).toEqual([
        ['volume', '/node'],
        ['tmpfs', '/data'],
      ]);
      const files = await filesOf(lab, container);
      expect(files.get('node/conf')).toBe('999:999 700');
      expect(files.get('node/data')).toBe('999:999 700');
      expect(files.get(`node/conf/${kind}.conf`)).toBe('999:999 600');
    }
    const { Volumes } = await lab.docker.listVolumes();
    expect(Volumes.map(({ Name }) => Name).sort()).toEqual(volumesOf(first).sort());
  });

  it('leaves nothing there that files passed through', async () => {
    expect(await helpers(lab, name)).toEqual([]);
  });

  it('tells its state', async () => {
    const seen = await lab.faultless(name);
    expect(seen).toMatchObject({ state: 'healthy', findings: [] });
    expect(await helpers(lab, name)).toEqual([]);
  });

  it('keeps clients on this host at work through a crash of the master', async () => {
    const followers = LIBRARIES.map((library) => new Follower(lab, name, library));
    const client = applicationOf(first, await lab.key(name));
    try {
      for (let n = 0; n < 50; n++) await client.set(`before:${n}`, String(n));
      expect(await client.wait(2, 5000)).toBe(2);
      await Promise.all(followers.map((each) => each.takesWrites()));
      const drill = await lab.json<DrillDocument>('failover', name);
      promoted = drill.promoted ?? '';
      await Promise.all(followers.map((each) => each.takesWrites()));
      expect(drill).toMatchObject({ how: 'crash', passed: true });
      const write = () => client.set('after', 'yes').catch(() => 'no');
      await eventually(write, (answer) => answer === 'OK');
      expect(await client.get('before:49')).toBe('49');
    } finally {
      await Promise.all(followers.map((each) => each.end()));
      client.disconnect();
    }
    expect(await helpers(lab, name)).toEqual([]);
  });

  it('finds the conf of the old master as a replica’s', async () => {
    const stream = await lab.docker
      .getContainer(`${name}-redis-1`)
      .getArchive({ path: '/node/conf/redis.conf' });
    expect((await buffer(stream as Readable)).toString()).toMatch(/^replicaof /m);
  });

  it('keeps the volumes at down, and says so', async () => {
    const down = await lab.json<{ volumes: object }>('down', name);
    expect(down.volumes).toEqual({ count: 6, removed: false });
    expect((await lab.leftovers(name)).sort()).toEqual(volumesOf(first).sort());
  });

  it('is not taken for lost by the engine of this host', async () => {
    const here = { DOCKER_HOST: 'unix:///var/run/docker.sock' };
    for (const args of [
      ['up', name],
      ['down', name, '--volumes', '--yes'],
    ]) {
      const { code, stderr } = await lab.start(args, here).result;
      expect([code, stderr]).toEqual([2, expect.stringContaining('are not on the engine at unix')]);
    }
  });

  it('comes up again with the roles and the data that it had', async () => {
    // As one that was killed would have left it.
    const left = await lab.docker.createContainer({
      ...{ name: `${name}-files-00000000`, Image: IMAGE, Entrypoint: ['sh'] },
      Labels: { 'rsent.schema': '1', 'rsent.topology': name, 'rsent.kind': 'files' },
    });
    const again = await lab.json<UpDocument>('up', name);
    expect(again).toMatchObject({ healthy: true, changed: true, master: { node: promoted } });
    await withRedis(
      again.master.address,
      async (client) => {
        for (let n = 0; n < 50; n++) expect(await client.get(`before:${n}`)).toBe(String(n));
      },
      await lab.key(name),
    );
    await expect(left.inspect()).rejects.toMatchObject({ statusCode: 404 });
    expect(await helpers(lab, name)).toEqual([]);
  });

  it('changes nothing at a second up', async () => {
    expect(await lab.json<UpDocument>('up', name)).toMatchObject({ changed: false, healthy: true });
  });

  it('never uses or removes a volume of somebody else', async () => {
    const other = lab.name();
    const volume = `${other}-sentinel-2-files`;
    await lab.docker.createVolume({ Name: volume, Labels: { mine: 'yes' } });
    const up = await lab.run('up', other, '--profile', 'ci', '--auth');
    expect([up.code, up.stderr]).toEqual([2, expect.stringContaining(volume)]);
    expect(await lab.leftovers(other)).toEqual([]);
    expect((await lab.run('down', other, '--volumes', '--yes')).code).toBe(0);
    await lab.docker.getVolume(volume).remove();
  });

  it.each(['its volumes are made', 'its containers are started'])(
    'leaves nothing when it is interrupted as %s',
    async (moment) => {
      const other = lab.name();
      const up = lab.start(['up', other, '--profile', 'ci', '--auth', '--tls']);
      const started = async () => {
        const filters = { label: [`rsent.topology=${other}`], status: ['running'] };
        return (await lab.docker.listContainers({ filters })).length;
      };
      const volumes = () => lab.leftovers(other).then((all) => all.length);
      if (moment.startsWith('its volumes')) await eventually(volumes, (count) => count > 4);
      else await eventually(started, (count) => count > 0);
      up.child.kill('SIGINT');
      expect((await up.result).code).toBe(130);
      expect(await lab.leftovers(other)).toEqual([]);
    },
  );

  it('goes without a trace with --volumes', async () => {
    const down = await lab.json<{ volumes: object }>('down', name, '--volumes', '--yes');
    expect(down.volumes).toEqual({ count: 6, removed: true });
    expect(await lab.leftovers(name)).toEqual([]);
    const [containers, { Volumes }, networks] = await Promise.all([
      lab.docker.listContainers({ all: true }),
      lab.docker.listVolumes(),
      lab.docker.listNetworks(),
    ]);
    expect([containers, Volumes ?? [], networks.map(({ Name }) => Name).sort()]).toEqual([
      ...[[], []],
      ['bridge', 'host', 'none'],
    ]);
  });

  describe('with users and TLS', () => {
    let secured: string;
    let up: UpDocument;
    /** Serial number of the certificate that a node shows. */
    const serial = async (address: string) => {
      const [ip, port] = address.split(':');
      const socket = connect({ host: ip, port: Number(port), ca: (await lab.key(secured)).ca });
      await new Promise((resolve, reject) =>
        socket.once('secureConnect', resolve).once('error', reject),
      );
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    };

    beforeAll(async () => {
      secured = lab.name();
      up = await lab.json<UpDocument>('up', secured, '--profile', 'ci', '--acl', '--tls');
    });

    it('is healthy, certificates read and all', async () => {
      const seen = await lab.faultless(secured);
      expect(seen).toMatchObject({ state: 'healthy', findings: [] });
    });

    it('has another certificate on every node after rotate-certs', async () => {
      const all = () => Promise.all(up.nodes.map(({ address }) => serial(address)));
      const before = await all();
      expect((await lab.run('rotate-certs', secured)).code).toBe(0);
      const after = await all();
      expect(new Set([...before, ...after]).size).toBe(12);
      for (const { container } of up.nodes) {
        expect((await filesOf(lab, container)).get('node/conf/tls.key')).toBe('999:999 600');
      }
      expect(await helpers(lab, secured)).toEqual([]);
    });

    it('passes the drill of a cut, with a client inside the old master', async () => {
      const drill = await lab.json<DrillDocument>('failover', secured, '--how', 'partition');
      expect(drill).toMatchObject({ passed: true, verdict: { healthy: true } });
    });

    it('changes its certificates asleep, too, and comes up with them', async () => {
      expect((await lab.run('down', secured)).code).toBe(0);
      expect((await lab.run('rotate-certs', secured)).code).toBe(0);
      expect(await helpers(lab, secured)).toEqual([]);
      expect(await lab.json<UpDocument>('up', secured)).toMatchObject({ healthy: true });
    });

    it('goes without a trace', async () => {
      expect((await lab.run('down', secured, '--volumes', '--yes')).code).toBe(0);
      expect(await lab.leftovers(secured)).toEqual([]);
    });
  });

  it('is reached by ssh, too', async () => {
    const program = `#!/bin/sh\nexec docker -H unix://${host.socket} system dial-stdio\n`;
    await mkdir(join(lab.home, 'bin'));
    await writeFile(join(lab.home, 'bin', 'ssh'), program);
    await chmod(join(lab.home, 'bin', 'ssh'), 0o755);
    const PATH = `${join(lab.home, 'bin')}:${process.env['PATH']}`;
    const env = { PATH, DOCKER_HOST: 'ssh://me@second' };
    const over = lab.name();
    const run = (...args: string[]) => lab.start(args, env).result;
    const where = ['--network', 'announce', '--address', host.address];
    const flags = ['--profile', 'ci', '--auth', '--tls', ...where];
    for (const args of [
      ['up', over, ...flags],
      ['status', over],
      ['failover', over],
    ]) {
      const { code, stderr } = await run(...args);
      expect([args[0], code, code === 0 ? '' : stderr]).toEqual([args[0], 0, '']);
    }
    expect((await run('down', over, '--volumes', '--yes')).code).toBe(0);
    expect(await lab.leftovers(over)).toEqual([]);
  });
});

describe('an engine that wants certificates of its clients', () => {
  let host: OtherHost;
  let lab: Lab;

  beforeAll(async () => {
    host = await OtherHost.boot(IMAGE, { tls: true });
    lab = await Lab.open(host);
  });
  afterAll(async () => {
    await lab?.clean();
    await host?.shutDown();
  });

  it('runs a topology', async () => {
    const name = lab.name();
    const up = await lab.json<UpDocument>('up', name, '--profile', 'ci', '--auth');
    expect(up.nodes[0]?.address.split(':')[0]).toBe(host.address);
    expect((await lab.run('failover', name)).code).toBe(0);
    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
    expect(await lab.leftovers(name)).toEqual([]);
  });

  it('lets nobody in without one', async () => {
    const { code, stderr } = await lab.start(['ls'], {
      DOCKER_TLS_VERIFY: '',
      DOCKER_CERT_PATH: '',
    }).result;
    expect([code, stderr]).toEqual([2, expect.stringContaining('it wants a connection with TLS')]);
  });
});

describe('volumes on the engine of this host', () => {
  let lab: Lab;
  let name: string;

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
  });
  afterAll(() => lab?.clean());

  it('hold what directories would', async () => {
    const up = await lab.json<UpDocument>('up', name, '--profile', 'ci', '--storage', 'volume');
    expect(up.nodes[0]?.address).toMatch(/^172\./);
    expect(await lab.leftovers(name)).toEqual(expect.arrayContaining(volumesOf(up)));
    const record = JSON.parse(
      await readFile(join(lab.home, 'data', name, 'topology.json'), 'utf8'),
    );
    expect(record.placement.storage).toBe('volume');
    const drill = await lab.json<DrillDocument>('failover', name);
    expect(drill.passed).toBe(true);
    const { code, stderr } = await lab.run('up', name, '--storage', 'directory');
    expect([code, stderr]).toEqual([2, expect.stringContaining('storage is volume')]);
    expect((await lab.run('down', name)).code).toBe(0);
    const again = await lab.json<UpDocument>('up', name);
    expect(again).toMatchObject({ healthy: true, master: { node: drill.promoted } });
    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
    expect(await lab.leftovers(name)).toEqual([]);
  });

  it('hold it in a pod, too, whose containers are made anew', async () => {
    const other = lab.name();
    const flags = ['--storage', 'volume', '--network', 'pod', '--tls'];
    await lab.json<UpDocument>('up', other, '--profile', 'ci', ...flags);
    await lab.docker.getContainer(`${other}-pod`).kill();
    const again = await lab.json<UpDocument>('up', other);
    expect(again).toMatchObject({ healthy: true, changed: true });
    expect((await lab.run('down', other, '--volumes', '--yes')).code).toBe(0);
    expect(await lab.leftovers(other)).toEqual([]);
  });
});
