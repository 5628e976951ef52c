import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { GivenCertificate } from '../../src/model/certificate.js';
import type { DrillDocument, StatusDocument, UpDocument } from '../helpers/documents.js';
import { Lab, type Result } from '../helpers/lab.js';
import { certificateOf, filesUnder, processes, rawReply } from '../helpers/outsider.js';
import { anIssuer, writeCertificate } from '../helpers/own-certificate.js';
import { whileHammering, withRedis } from '../helpers/redis.js';

jest.setTimeout(180_000);

describe('a topology with certificates of the user’s', () => {
  let lab: Lab;
  let name: string;
  let up: UpDocument;
  /** Everything that any verb has printed. */
  const printed: string[] = [];
  const given: GivenCertificate[] = [];

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
  });
  afterAll(() => lab?.clean());

  const inHome = (...parts: string[]) => join(lab.home, 'data', name, ...parts);
  const published = (node: string) => up.nodes.find((each) => each.name === node)?.published ?? '';
  async function say(...args: string[]): Promise<Result> {
    const result = await lab.run(...args);
    printed.push(result.stdout, result.stderr);
    return result;
  }
  const status = async () =>
    JSON.parse((await say('status', name, '--json')).stdout) as StatusDocument;
  /** As flags, in files of this directory. */
  async function flagsOf(certificate: GivenCertificate, directory: string, withCa = true) {
    given.push(certificate);
    await mkdir(join(lab.home, directory), { recursive: true });
    const { cert, key, ca } = await writeCertificate(
      (file) => join(lab.home, directory, file),
      certificate,
    );
    return [cert, key, ...(withCa ? [ca] : [])].flatMap(({ where, path }) => [where, path]);
  }
  const shown = () => Promise.all(up.nodes.map((node) => certificateOf(node.published)));

  it('is refused while something is wrong with them, and nothing is made', async () => {
    const [{ issue }, other] = [await anIssuer(), await anIssuer()];
    const mixed = { ...(await issue()), caPem: (await other.issue()).caPem };
    const flags = await flagsOf(mixed, 'mixed');
    const { code, stderr } = await say('up', name, ...flags, '--replicas', '-1');
    expect(code).toBe(2);
    expect(stderr).toMatch(/2 problems[\s\S]*--tls-ca is ".*my-ca\.crt", which has not signed/);
    expect(await lab.leftovers(name)).toEqual([]);
    await expect(stat(inHome())).rejects.toThrow('ENOENT');
  });

  it('comes up, and says which addresses the certificate does not name', async () => {
    const { issue } = await anIssuer();
    const flags = await flagsOf(await issue(['127.0.0.1']), 'first');
    const planned = await say('up', name, '--profile', 'ci', '--acl', ...flags, '--dry-run');
    expect(planned.stdout).toContain('write-certificate');
    await say('up', name, '--acl', ...flags, '--dry-run', '--json');
    const { code, stdout } = await say('up', name, '--profile', 'ci', '--acl', ...flags, '--json');
    expect(code).toBe(0);
    up = JSON.parse(stdout) as UpDocument;
    expect(up.healthy).toBe(true);
    const { healthy, findings } = await status();
    expect(healthy).toBe(true);
    const [finding, ...others] = findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: 'certificate-names',
      severity: 'warning',
      subject: name,
    });
    const addresses = up.nodes.map(({ address }) => address.split(':')[0]);
    expect(finding?.saw.split(': ')[1]).toBe(addresses.join(', '));
    for (const node of up.nodes) {
      expect((await stat(inHome(node.name, 'conf', 'tls.key'))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(inHome('tls.key'))).mode & 0o777).toBe(0o600);
    await expect(stat(inHome('ca.key'))).rejects.toThrow('ENOENT');
  });

  it('lets in who trusts the authority, and is believed by nobody else', async () => {
    const key = await lab.key(name);
    for (const node of up.nodes) {
      await withRedis(
        node.published,
        async (client) => expect(await client.ping()).toBe('PONG'),
        key,
      );
      const { caPem } = await (await anIssuer()).issue();
      await expect(rawReply(node.published, 'PING', caPem)).rejects.toThrow(/certificate|verify/i);
    }
    expect(new Set(await shown()).size).toBe(1);
  });

  it('goes through its drills', async () => {
    for (const how of ['crash', 'partition', 'manual']) {
      const { code, stdout } = await say('failover', name, '--how', how, '--json');
      const { client, complaints } = JSON.parse(stdout) as DrillDocument;
      expect([how, code, complaints]).toEqual([how, 0, []]);
      for (const { side, counts } of client?.sides ?? []) {
        expect([how, side, counts.acknowledged > 0]).toEqual([how, side, true]);
      }
    }
    expect((await say('rotate-password', name)).code).toBe(0);
    expect(await status()).toMatchObject({ healthy: true });
  });

  it('sleeps and wakes up without being told of them, a node made anew too', async () => {
    const before = await shown();
    await say('down', name);
    await rm(inHome('sentinel-2'), { recursive: true });
    up = JSON.parse((await say('up', name, '--json')).stdout) as UpDocument;
    expect(up.healthy).toBe(true);
    expect(await shown()).toEqual(before);
  });

  it('does not change them by the way', async () => {
    const other = await flagsOf(await (await anIssuer()).issue(), 'other');
    const { code, stderr } = await say('up', name, ...other);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`rotate-certs ${name}`)]);
    const renewal = await say('rotate-certs', name);
    expect([renewal.code, renewal.stderr]).toEqual([1, expect.stringContaining('--tls-cert FILE')]);
    const untrusted = await say('rotate-certs', name, ...other.slice(0, 4));
    expect([untrusted.code, untrusted.stderr]).toEqual([2, expect.stringContaining('--tls-ca')]);
    expect(await status()).toMatchObject({ healthy: true });
  });

  it('has another one of another authority without a lost write', async () => {
    const { master } = await status();
    const before = await shown();
    const { issue } = await anIssuer('another company');
    const everywhere = up.nodes.flatMap((node) => [node.address, node.published]);
    const fresh = await issue([...new Set(everywhere.map((each) => each.split(':')[0] ?? ''))]);
    const flags = await flagsOf(fresh, 'second');
    const key = await lab.key(name);
    // A client that has been told of both authorities, as it must be beforehand.
    const both = { ...key, ca: `${key.ca}${fresh.caPem}` };
    const { result, taken, connections } = await whileHammering(
      published(master?.node ?? ''),
      'exchanged',
      () => say('rotate-certs', name, ...flags),
      both,
    );
    expect(result.code).toBe(0);
    expect(taken.length).toBeGreaterThan(10);
    expect(connections).toBe(1);
    const after = await shown();
    expect(after.filter((each) => before.includes(each))).toEqual([]);
    for (const place of [inHome(), ...up.nodes.map((node) => inHome(node.name, 'conf'))]) {
      expect(await readFile(join(place, 'ca.crt'), 'utf8')).toBe(fresh.caPem);
      expect(await readFile(join(place, 'tls.crt'), 'utf8')).toBe(fresh.certPem);
    }
    await withRedis(
      published(master?.node ?? ''),
      async (client) => {
        const values = await client.mget(taken.map((write) => write.key));
        expect(values.filter((value) => value === null)).toEqual([]);
      },
      await lab.key(name),
    );
    const { findings, healthy } = await status();
    expect([healthy, findings]).toEqual([true, []]);
    const next = await flagsOf(await issue(), 'third', false);
    expect((await say('failover', name)).code).toBe(0);
    await say('down', name);
    expect((await say('rotate-certs', name, ...next)).code).toBe(0);
    expect((await say('up', name)).code).toBe(0);
    expect(await readFile(inHome('redis-1', 'conf', 'tls.crt'), 'utf8')).toBe(
      given.at(-1)?.certPem,
    );
  });

  it('shows its keys nowhere but in files that only their owner reads', async () => {
    const secrets = given.flatMap(({ keyPem }) => keyPem.split('\n').slice(1, -2));
    expect(secrets.length).toBeGreaterThan(5);
    const holding = (text: string) => secrets.some((line) => text.includes(line));
    expect(printed.filter(holding)).toEqual([]);
    expect(printed.length).toBeGreaterThan(20);
    const filters = { label: [`rsent.topology=${name}`] };
    const containers = await lab.docker.listContainers({ all: true, filters });
    expect(containers).toHaveLength(6);
    for (const { Id } of containers) {
      const container = lab.docker.getContainer(Id);
      expect(holding(JSON.stringify(await container.inspect()))).toBe(false);
      expect(holding((await container.logs({ stdout: true, stderr: true })).toString())).toBe(
        false,
      );
    }
    expect((await processes()).filter(holding)).toEqual([]);
    for (const file of await filesUnder(inHome())) {
      const isOpen = ((await stat(file)).mode & 0o077) !== 0;
      if (isOpen) expect([file, holding(await readFile(file, 'latin1'))]).toEqual([file, false]);
    }
  });

  it('is named in a spec file, beside it', async () => {
    const other = lab.name();
    await flagsOf(await (await anIssuer()).issue(['127.0.0.1']), 'spec');
    const spec = join(lab.home, 'spec', 'rsent.yaml');
    const lines = [
      'tlsCert: my.crt',
      'tlsKey: my.key',
      'tlsCa: my-ca.crt',
      'profile: ci',
      'replicas: 1',
    ];
    await writeFile(spec, `name: ${other}\n${lines.join('\n')}\n`);
    expect(await lab.json<UpDocument>('up', '-f', spec)).toMatchObject({ healthy: true });
    expect(await lab.json<UpDocument>('up', '-f', spec)).toMatchObject({ changed: false });
    await flagsOf(await (await anIssuer()).issue(['127.0.0.1']), 'spec');
    expect((await lab.run('up', '-f', spec)).code).toBe(2);
    expect((await lab.run('rotate-certs', '-f', spec)).code).toBe(0);
    expect(await lab.json<UpDocument>('up', '-f', spec)).toMatchObject({ changed: false });
  });

  it('is not taken by a topology whose certificates rsent issues, which renews them asleep', async () => {
    const own = lab.name();
    const up = () => lab.json<UpDocument>('up', own, '--profile', 'ci', '--replicas', '1', '--tls');
    const { nodes } = await up();
    const flags = await flagsOf(given[0]!, 'mixed');
    const taken = await lab.run('rotate-certs', own, ...flags);
    expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('rsent issues')]);
    const differs = await lab.run('up', own, ...flags);
    expect(differs.code).toBe(2);
    const shows = () => Promise.all(nodes.map((node) => certificateOf(node.published)));
    const before = await shows();
    await lab.run('down', own);
    expect((await lab.run('rotate-certs', own)).code).toBe(0);
    await up();
    expect((await shows()).filter((each) => before.includes(each))).toEqual([]);
  });
});
