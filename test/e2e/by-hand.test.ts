import { execFile } from 'node:child_process';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { StatusDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';

jest.setTimeout(180_000);
const run = promisify(execFile);

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab?.clean());

/** A topology, and somebody who is let into its containers. */
class Changed {
  readonly name = lab.name();

  async up(...flags: readonly string[]): Promise<this> {
    await lab.json('up', this.name, '--profile', 'ci', ...flags);
    return this;
  }

  async status() {
    const { code, stdout } = await lab.run('status', this.name, '--json');
    const document: StatusDocument = JSON.parse(stdout);
    return { code, ...document };
  }

  /** A command on a node, as rsent's own user where there is one. */
  async tell(node: string, ...words: readonly string[]): Promise<string> {
    const acl = (await this.file('topology.json')).includes('"acl": true');
    const as = acl ? ['--as', 'rsent'] : [];
    const { stdout, stderr } = await lab.run(
      'cli',
      '--name',
      this.name,
      node,
      ...as,
      '--',
      ...words,
    );
    expect(`${stdout}${stderr}`).not.toMatch(/\b(ERR|NOPERM|NOAUTH|WRONGPASS)\b/);
    return stdout.trim();
  }

  file(...parts: readonly string[]): Promise<string> {
    return readFile(join(lab.home, 'data', this.name, ...parts), 'utf8');
  }

  async replica(): Promise<string> {
    const { master } = await eventually(
      () => this.status(),
      ({ healthy }) => healthy,
      60_000,
    );
    return master?.node === 'redis-2' ? 'redis-3' : 'redis-2';
  }

  /** Every rsent command that a remedy names, carried out as it is printed. */
  async carryOut(fix: string): Promise<void> {
    const [, from = '', to = ''] = /^mv (\S+) (\S+), then /.exec(fix) ?? [];
    if (from !== '') await rename(from, to);
    const commands = [...fix.matchAll(/rsent ((?:stop|start|up) [\w-]+(?: [a-z]+-\d)?)/g)];
    expect(commands).not.toEqual([]);
    for (const [, command = ''] of commands)
      expect(await lab.run(...command.split(' '))).toMatchObject({ code: 0 });
  }

  /** Until status shows it; its remedy is carried out, and all is well. */
  async expectMended(code: string, subject: string, saw: string | RegExp): Promise<void> {
    const matches = (each: StatusDocument['findings'][number]) =>
      each.code === code && each.subject === subject && new RegExp(saw).test(each.saw);
    const seen = await eventually(
      () => this.status(),
      ({ findings }) => findings.some(matches),
      30_000,
    );
    expect(seen.code).toBe(1);
    await this.carryOut(seen.findings.find(matches)?.fix ?? '');
    expect(await this.status()).toMatchObject({ code: 0, findings: [] });
  }
}

describe('with users of its own and TLS, status sees, and its remedy mends,', () => {
  let topology: Changed;
  beforeAll(async () => {
    topology = await new Changed().up('--acl', '--tls');
  });

  it('what a data node says to its master, in its conf, too', async () => {
    const node = await topology.replica();
    await topology.tell(
      node,
      'CONFIG',
      'SET',
      'masterauth',
      'another-password',
      'masteruser',
      'app',
    );
    await topology.tell(node, 'CONFIG', 'REWRITE');
    expect(await topology.file(node, 'conf', 'redis.conf')).toContain('another-password');
    await topology.expectMended('password-differs', node, 'masterauth');
    expect(await topology.tell(node, 'CONFIG', 'GET', 'masteruser')).toMatch(/replication$/);
    expect(await topology.file(node, 'conf', 'redis.conf')).not.toContain('another-password');
  });

  it('the password of a user that nodes log in as', async () => {
    await topology.tell('redis-1', 'ACL', 'SETUSER', 'replication', 'resetpass', '>another-one');
    await topology.expectMended('password-differs', 'redis-1', 'its user replication');
  });

  it('settings of TLS', async () => {
    const node = await topology.replica();
    await topology.tell(node, 'CONFIG', 'SET', 'tls-replication', 'no', 'tls-protocols', 'TLSv1.2');
    await topology.tell(node, 'CONFIG', 'SET', 'tls-ca-cert-file', '/etc/redis/tls.crt');
    const { findings } = await topology.status();
    expect(findings.map(({ saw }) => saw)).toContain('tls-protocols TLSv1.2');
    expect(findings.map(({ code }) => code)).toContain('tls-half-on');
    await topology.expectMended('setting-differs', node, 'tls-ca-cert-file');
  });

  it('what a Sentinel says to its peers and to data nodes', async () => {
    await topology.tell('sentinel-1', 'SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', 'another-one');
    await topology.tell('sentinel-2', 'SENTINEL', 'CONFIG', 'SET', 'sentinel-user', 'app');
    const { masterName } = JSON.parse(await topology.file('topology.json')).spec;
    await topology.tell('sentinel-3', 'SENTINEL', 'SET', masterName, 'auth-pass', 'another-one');
    const { findings } = await topology.status();
    expect(findings.map(({ saw }) => saw).join()).toMatch(/sentinel-user.*auth-pass/);
    await topology.expectMended('password-differs', 'sentinel-1', 'sentinel-pass');
    await topology.tell('sentinel-3', 'SENTINEL', 'SET', masterName, 'auth-user', 'app');
    await topology.expectMended('password-differs', 'sentinel-3', 'auth-user');
  });

  it('that rsent’s own user is off', async () => {
    await topology.tell('redis-1', 'ACL', 'SETUSER', 'rsent', 'off');
    await topology.expectMended('access-refused', 'redis-1', 'does not let rsent in');
  });
});

describe('without a password, status sees, and its remedy mends,', () => {
  let topology: Changed;
  beforeAll(async () => {
    topology = await new Changed().up();
  });

  it('another address that a replica announces', async () => {
    const node = await topology.replica();
    await topology.tell(node, 'CONFIG', 'SET', 'replica-announce-ip', '10.9.9.9');
    await topology.expectMended('setting-differs', node, 'replica-announce-ip 10.9.9.9');
    await topology.tell(node, 'CONFIG', 'SET', 'replica-announce-port', '9');
    await topology.expectMended('setting-differs', node, 'replica-announce-port 9');
  });

  it('that a data node takes no more connections from elsewhere, though its conf says so, too', async () => {
    const node = await topology.replica();
    await topology.tell(node, 'CONFIG', 'SET', 'protected-mode', 'yes');
    await run('docker', ['exec', `${topology.name}-${node}`, 'redis-cli', 'CONFIG', 'REWRITE']);
    await topology.expectMended('access-refused', node, 'protected-mode');
    expect(await topology.tell(node, 'CONFIG', 'GET', 'protected-mode')).toMatch(/no$/);
  });

  it('that the conf of a data node is gone, or something else is in its place', async () => {
    const node = await topology.replica();
    const conf = join(lab.home, 'data', topology.name, node, 'conf', 'redis.conf');
    await rm(conf);
    await topology.expectMended('conf-gone', node, 'its conf file is gone');
    expect(await topology.file(node, 'conf', 'redis.conf')).toContain('appendonly yes');
    await rm(conf);
    await run('mkfifo', [conf]);
    await topology.expectMended('conf-gone', node, 'something else is in the place');
  });

  it('another address that a Sentinel announces', async () => {
    await topology.tell('sentinel-1', 'SENTINEL', 'CONFIG', 'SET', 'announce-ip', '10.9.9.9');
    await topology.expectMended('setting-differs', 'sentinel-1', 'announce-ip 10.9.9.9');
  });

  it('a Sentinel that was told to forget the master', async () => {
    await topology.tell('sentinel-1', 'SENTINEL', 'REMOVE', 'mymaster');
    await topology.expectMended('knows-no-master', 'sentinel-1', 'No such master');
  });

  it('times of a Sentinel that are not the usual ones', async () => {
    await topology.tell('sentinel-2', 'SENTINEL', 'DEBUG', 'tilt-period', '3600000');
    await topology.tell('sentinel-2', 'SENTINEL', 'DEBUG', 'publish-period', '3600000');
    await topology.expectMended('debug-times', 'sentinel-2', 'tilt-period 3600000');
  });
});
