import { jest } from '@jest/globals';
import type { DrillDocument } from '../helpers/documents.js';
import { eventually, Lab, type Result } from '../helpers/lab.js';
import type { Terminal } from '../helpers/on-terminal.js';
import { commandLines } from '../helpers/outsider.js';

jest.setTimeout(120_000);

describe.each([
  ['an open topology', []],
  ['a topology with users of its own and TLS', ['--acl', '--tls']],
])('rsent cli with %s', (_, flags) => {
  let lab: Lab;
  let name: string;
  const terminals: Terminal[] = [];

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    await lab.json('up', name, '--profile', 'ci', ...flags);
  });
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) {
      terminal.hangUp();
      await terminal.ended;
    }
  });
  afterAll(() => lab?.clean());

  const isSecured = flags.length > 0;
  const status = () => lab.healthy(name);
  const container = (node: string) => lab.docker.getContainer(`${name}-${node}`);
  const piped = (args: string[], input: string): Promise<Result> =>
    lab.start(['cli', name, ...args], {}, input).result;
  const passwords = async () => {
    const keys = await Promise.all([lab.key(name), lab.key(name, 'rsent')]);
    return keys.flatMap(({ password }) => (password === undefined ? [] : [password]));
  };
  /** Command lines of the clients in a node's container. */
  const clients = async (node: string): Promise<string[]> => {
    const { Processes, Titles } = (await container(node).top()) as {
      Processes: string[][];
      Titles: string[];
    };
    const lines = Processes.map((row) => row[Titles.indexOf('CMD')] ?? '');
    return lines.filter((line) => /(redis|valkey)-cli|secret/.test(line));
  };
  const none = (found: readonly string[]) => found.length === 0;
  function talk(...args: string[]): Terminal {
    const terminal = lab.onTerminal('cli', name, ...args);
    terminals.push(terminal);
    return terminal;
  }

  it.each([
    ['nobody named', [], ['ROLE'], /^master\n/],
    ['a role', ['replica'], ['INFO', 'replication'], /role:slave/],
    ['a Sentinel', ['sentinel'], ['sentinel', 'masters'], /name\nmymaster\n/],
    ['a node', ['redis-3'], ['ROLE'], /^slave\n/],
    ['an option of redis-cli', [], ['--no-raw', 'PING'], /^PONG\n/],
  ])('asks %s', async (_, target, args, answer) => {
    const { code, stdout, stderr } = await lab.run('cli', name, ...target, '--', ...args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(answer);
  });

  it('understands the words in any order', async () => {
    const { stdout } = await lab.run('cli', 'redis-2', name, '--', 'ROLE');
    expect(stdout).toMatch(/^slave\n/);
  });

  it('takes commands from stdin, and binary values', async () => {
    expect(await piped([], 'SET greeting hello\nGET greeting\n')).toEqual({
      code: 0,
      stdout: 'OK\nhello\n',
      stderr: '',
    });
    expect((await piped(['--', '-x', 'SET', 'binary'], '\0\x01é')).stdout).toBe('OK\n');
    expect((await lab.run('cli', name, '--', 'GET', 'binary')).stdout).toBe('\0\x01é\n');
    // What a loop around it reads is not for it.
    expect((await piped(['--', 'GET', 'greeting'], 'SET greeting eaten\n')).stdout).toBe('hello\n');
  });

  it('exits as redis-cli does', async () => {
    const { code, stderr } = await lab.run('cli', name, '--', '-p', '1', 'PING');
    expect(code).toBe(1);
    expect(stderr).toContain('Connection refused');
  });

  it('is the user that it is told to be', async () => {
    const who = async (...more: string[]) =>
      (await lab.run('cli', name, ...more, '--', 'ACL', 'WHOAMI')).stdout;
    expect(await who()).toBe(isSecured ? 'app\n' : 'default\n');
    expect(await who('--as', 'rsent')).toBe(isSecured ? 'rsent\n' : 'default\n');
    expect((await lab.run('cli', name, '--as', 'root', '--', 'PING')).code).toBe(2);
  });

  it('is a conversation on a terminal, and lets nobody see the password', async () => {
    const { master } = await status();
    const terminal = talk('master');
    await eventually(terminal.shown, (text) => text.endsWith('6379> '));
    expect(await terminal.shown()).toContain(`${master?.node}, master of ${name}`);
    terminal.type('ECHO hello\r');
    await eventually(terminal.shown, (text) => /"hello"\s+127\.0\.0\.1:6379> $/.test(text));
    // The last command once more: Ctrl-P is none of the engine's business.
    terminal.type('\x10\r');
    await eventually(terminal.shown, (text) => /"hello"\s+127\.0\.0\.1:6379> $/.test(text));

    const known = await passwords();
    expect(known).toHaveLength(isSecured ? 2 : 0);
    const facts = await container(master?.node ?? '').inspect();
    const execs = await Promise.all(
      (facts.ExecIDs ?? []).map((id) => lab.docker.getExec(id).inspect()),
    );
    expect(execs.length).toBeGreaterThan(0);
    const lines = await commandLines();
    expect(lines.some((line) => /(redis|valkey)-cli -p 6379/.test(line))).toBe(true);
    const visible = JSON.stringify([facts, execs, lines]) + (await terminal.shown());
    expect(known.filter((password) => visible.includes(password))).toEqual([]);

    terminal.type('exit\r');
    expect(await terminal.ended).toEqual({ code: 0, left: 'terminal as before' });
    await eventually(() => clients(master?.node ?? ''), none);
  });

  it('tells the client when the terminal becomes narrower', async () => {
    const terminal = talk('redis-2');
    await eventually(terminal.shown, (text) => text.endsWith('6379> '));
    // It asks for the width at each new line, and hints at arguments as far as there is room.
    const hint = async () => {
      terminal.type('\x15\r');
      await eventually(terminal.shown, (shown) => shown.endsWith('\n127.0.0.1:6379> '));
      terminal.type('SET ');
      const text = await eventually(terminal.shown, (shown) => shown.includes('SET \x1b[0;90'));
      return text.split('SET ').at(-1)?.length ?? 0;
    };
    const wide = await hint();
    expect(wide).toBeGreaterThan(60);
    terminal.narrow();
    await eventually(hint, (length) => length > 0 && length < 50);
  });

  it('leaves nobody behind when it is interrupted, or nobody listens, or the terminal is gone', async () => {
    const monitor = ['cli', name, 'redis-1', '--as', 'rsent', '--', 'MONITOR'];
    const interrupted = lab.start(monitor);
    await eventually(
      async () => interrupted.printed(),
      (text) => text.startsWith('OK'),
    );
    expect(await clients('redis-1')).toHaveLength(1);
    interrupted.child.kill('SIGINT');
    expect((await interrupted.result).code).toBe(130);
    await eventually(() => clients('redis-1'), none);

    const unheard = lab.start(monitor);
    await eventually(
      async () => unheard.printed(),
      (text) => text.startsWith('OK'),
    );
    unheard.child.stdout?.destroy();
    const { stderr } = await unheard.result;
    expect(stderr).toBe('');
    await eventually(() => clients('redis-1'), none);

    const terminal = talk('redis-1');
    await eventually(terminal.shown, (text) => text.endsWith('6379> '));
    terminal.hangUp();
    await terminal.ended;
    await eventually(() => clients('redis-1'), none);
  });

  it('hands Ctrl-C on a terminal to redis-cli', async () => {
    const terminal = talk('redis-1', '--as', 'rsent', '--', 'MONITOR');
    await eventually(terminal.shown, (text) => text.includes('OK'));
    terminal.type('\x03');
    expect(await terminal.ended).toMatchObject({ left: 'terminal as before' });
    await eventually(() => clients('redis-1'), none);
  });

  // Who looks after the client needs no password; once is enough.
  if (!isSecured) {
    it('ends where the process of a node is stopped, and leaves no client there', async () => {
      await container('sentinel-3').kill({ signal: 'SIGSTOP' });
      try {
        const { code, stderr } = await lab.run('cli', name, 'sentinel-3', '--', 'PING');
        expect([code, stderr]).toEqual([2, expect.stringContaining('its process is frozen')]);
        expect(stderr).toContain(`docker kill -s CONT ${name}-sentinel-3`);
        await eventually(() => clients('sentinel-3'), none);
      } finally {
        await container('sentinel-3').kill({ signal: 'SIGCONT' });
      }
      const after = await lab.run('cli', name, 'sentinel-3', '--', 'PING');
      expect([after.code, after.stdout]).toEqual([0, 'PONG\n']);
    });
  }

  it('finds the master wherever it went, and says whom it cannot talk to', async () => {
    const { promoted } = await lab.json<DrillDocument>(
      ...(['failover', name, '--manual', '--rate', '0'] as const),
    );
    const address = (await status()).master?.address.split(':')[0];
    const { stdout } = await lab.run('cli', name, '--', 'CLIENT', 'ID');
    expect(stdout).toMatch(/^\d+\n$/);
    const asked = await lab.run('cli', name, 'sentinel', '--', 'sentinel', 'masters');
    expect(asked.stdout).toContain(address);
    await container(promoted ?? '').pause();
    const refused = await lab.run('cli', name, promoted ?? '', '--', 'PING');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`The container of ${promoted} is paused`);
    await container(promoted ?? '').unpause();
    expect((await lab.run('cli', name, 'redis-9')).stderr).toContain('"redis-9" is no target');
    expect((await lab.run('cli', name, 'sentinel:2')).code).toBe(2);
  });
});
