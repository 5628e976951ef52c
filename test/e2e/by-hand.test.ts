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

/** Code, subject, and a part of what was seen. */
type Wanted = readonly [code: string, subject: string, saw: string];

/** A command of rsent in a remedy. */
const COMMAND = /rsent ((?:stop|start|up) [\w-]+(?: (?:(?:redis|sentinel)-\d|--recreate))?)/g;

function rank(command: string): number {
  return command.startsWith('up ') ? 1 : 0;
}

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
    return readFile(this.path(...parts), 'utf8');
  }

  path(...parts: readonly string[]): string {
    return join(lab.home, 'data', this.name, ...parts);
  }

  async set(node: string, ...settings: readonly string[]): Promise<void> {
    await this.tell(node, 'CONFIG', 'SET', ...settings);
  }

  /** Who is master, and who follows. */
  async roles(): Promise<{ master: string; others: readonly string[] }> {
    const isWell = ({ healthy }: StatusDocument) => healthy;
    const { master } = await eventually(() => this.status(), isWell, 60_000);
    const others = ['redis-1', 'redis-2', 'redis-3'].filter((each) => each !== master?.node);
    return { master: master?.node ?? '', others };
  }

  async replica(): Promise<string> {
    const { master } = await eventually(
      () => this.status(),
      ({ healthy }) => healthy,
      60_000,
    );
    return master?.node === 'redis-2' ? 'redis-3' : 'redis-2';
  }

  /** Until status shows them all; their remedies are carried out as printed, and all is well. */
  async expectMended(...wanted: readonly Wanted[]): Promise<void> {
    const found = ({ findings }: StatusDocument) =>
      wanted.map(([code, subject, saw]) =>
        findings.find(
          (each) => each.code === code && each.subject === subject && each.saw.includes(saw),
        ),
      );
    const isSeen = (document: StatusDocument) => found(document).every((each) => each);
    const seen = await eventually(() => this.status(), isSeen, 30_000);
    expect(seen.code).toBe(1);
    const fixes = found(seen).map((each) => each?.fix ?? '');
    for (const fix of fixes) {
      const [, from = '', to = ''] = /^mv (\S+) (\S+), then /.exec(fix) ?? [];
      if (from !== '') await rename(from, to);
      expect(fix).toMatch(COMMAND);
    }
    const typed = fixes.flatMap((fix) => [...fix.matchAll(COMMAND)].map(([, words = '']) => words));
    // What several name is done once, and last what ends all of them.
    const commands = [...new Set(typed)].sort((one, other) => rank(one) - rank(other));
    for (const command of commands)
      expect([command, await lab.run(...command.split(' '))]).toEqual([
        command,
        expect.objectContaining({ code: 0 }),
      ]);
    expect(await this.status()).toMatchObject({ code: 0, findings: [] });
  }
}

describe('with users of its own and TLS, status sees, and its remedies mend,', () => {
  let topology: Changed;
  beforeAll(async () => {
    topology = await new Changed().up('--acl', '--tls');
  });

  it('passwords that nodes say to each other, and settings of TLS, in the confs, too', async () => {
    const { master, others } = await topology.roles();
    const [one = '', other = ''] = others;
    await topology.set(one, 'masterauth', 'another-password', 'masteruser', 'app');
    await topology.tell(one, 'CONFIG', 'REWRITE');
    expect(await topology.file(one, 'conf', 'redis.conf')).toContain('another-password');
    await topology.tell(master, 'ACL', 'SETUSER', 'replication', 'resetpass', '>another-one');
    await topology.set(other, 'tls-replication', 'no', 'tls-protocols', 'TLSv1.2');
    await topology.set(other, 'tls-ca-cert-file', '/etc/redis/tls.crt');
    await topology.tell('sentinel-1', 'SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', 'another-one');
    await topology.tell('sentinel-2', 'SENTINEL', 'CONFIG', 'SET', 'sentinel-user', 'app');
    await topology.tell('sentinel-3', 'SENTINEL', 'SET', 'mymaster', 'auth-pass', 'another-one');
    await topology.expectMended(
      ['password-differs', one, 'masterauth'],
      ['setting-differs', one, 'masteruser app'],
      ['password-differs', master, 'its user replication'],
      ['tls-half-on', other, 'without TLS'],
      ['setting-differs', other, 'tls-protocols TLSv1.2'],
      ['setting-differs', other, 'tls-ca-cert-file'],
      ['password-differs', 'sentinel-1', 'sentinel-pass'],
      ['password-differs', 'sentinel-2', 'sentinel-user'],
      ['password-differs', 'sentinel-3', 'auth-pass'],
    );
    expect(await topology.file(one, 'conf', 'redis.conf')).not.toContain('another-password');
  });

  it('that rsent’s own user is off, and as whom a Sentinel calls data nodes', async () => {
    const { others } = await topology.roles();
    const [one = ''] = others;
    await topology.tell(one, 'ACL', 'SETUSER', 'rsent', 'off');
    await topology.tell('sentinel-3', 'SENTINEL', 'SET', 'mymaster', 'auth-user', 'app');
    await topology.expectMended(
      ['access-refused', one, 'does not let rsent in'],
      ['password-differs', 'sentinel-3', 'auth-user'],
    );
  });
});

describe('without a password, status sees, and its remedies mend,', () => {
  let topology: Changed;
  beforeAll(async () => {
    topology = await new Changed().up();
  });

  it('other addresses, a master that was forgotten, other times, a conf that is gone', async () => {
    const { others } = await topology.roles();
    const [one = '', other = ''] = others;
    await topology.set(one, 'replica-announce-ip', '10.9.9.9', 'replica-announce-port', '9');
    await topology.set(other, 'replica-priority', '0', 'repl-timeout', '5');
    await topology.set(other, 'bind-source-addr', '127.0.0.1');
    await topology.set(other, 'client-output-buffer-limit', 'slave 1 1 1');
    await rm(topology.path(other, 'conf', 'redis.conf'));
    await topology.tell('sentinel-1', 'SENTINEL', 'CONFIG', 'SET', 'announce-ip', '10.9.9.9');
    await topology.tell('sentinel-2', 'SENTINEL', 'CONFIG', 'SET', 'announce-ip', '');
    await topology.tell('sentinel-2', 'SENTINEL', 'DEBUG', 'tilt-period', '3600000');
    await topology.tell('sentinel-3', 'SENTINEL', 'REMOVE', 'mymaster');
    await topology.expectMended(
      ['setting-differs', one, 'replica-announce-ip 10.9.9.9'],
      ['setting-differs', one, 'replica-announce-port 9'],
      ['setting-differs', other, 'replica-priority 0'],
      ['setting-differs', other, 'repl-timeout 5'],
      ['setting-differs', other, 'bind-source-addr 127.0.0.1'],
      ['setting-differs', other, 'client-output-buffer-limit normal 0 0 0 slave 1 1 1'],
      ['conf-gone', other, 'its conf file is gone'],
      ['setting-differs', 'sentinel-1', 'announce-ip 10.9.9.9'],
      ['setting-differs', 'sentinel-2', 'announce-ip ""'],
      ['debug-times', 'sentinel-2', 'tilt-period 3600000'],
      ['knows-no-master', 'sentinel-3', 'No such master'],
    );
    expect(await topology.file(other, 'conf', 'redis.conf')).toContain('appendonly yes');
  });

  it('what its container may have', async () => {
    const { others } = await topology.roles();
    const [one = ''] = others;
    const limits = ['--pids-limit', '8', '--restart', 'no'];
    await run('docker', ['update', ...limits, `${topology.name}-${one}`]);
    await topology.expectMended(
      ['container-differs', one, '8 processes'],
      ['container-differs', one, 'restart policy of its container is no'],
    );
  });

  it('what nobody can be told any more, though its conf says so, too', async () => {
    const { others } = await topology.roles();
    const [one = '', other = ''] = others;
    await topology.set(one, 'protected-mode', 'yes');
    await run('docker', ['exec', `${topology.name}-${one}`, 'redis-cli', 'CONFIG', 'REWRITE']);
    await rm(topology.path(other, 'conf', 'redis.conf'));
    await run('mkfifo', [topology.path(other, 'conf', 'redis.conf')]);
    await topology.expectMended(
      ['access-refused', one, 'protected-mode'],
      ['conf-gone', other, 'something else is in the place'],
    );
    expect(await topology.file(one, 'conf', 'redis.conf')).toContain('protected-mode no');
  });
});
