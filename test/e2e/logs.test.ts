import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { UpDocument } from '../helpers/documents.js';
import { eventually, Lab, type RunningCommand } from '../helpers/lab.js';

jest.setTimeout(120_000);

const ALL = ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3'];

interface Line {
  readonly at: string;
  readonly node: string;
  readonly stream: string;
  readonly text: string;
}

function linesOf(printed: string): Line[] {
  const whole = printed.slice(0, printed.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
}

const isSorted = (lines: readonly Line[]) =>
  lines.every(({ at }, i) => i === 0 || at >= (lines[i - 1]?.at ?? ''));
const nodesIn = (lines: readonly Line[]) => [...new Set(lines.map(({ node }) => node))].sort();

describe.each([
  ['an open topology', [], 'stdout'],
  ['users of its own, TLS and log files', ['--acl', '--tls', '--log-file', 'node.log'], 'file'],
])('rsent logs with %s', (_, flags, stream) => {
  let lab: Lab;
  let name: string;
  const following: RunningCommand[] = [];

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    await lab.json<UpDocument>('up', name, '--profile', 'ci', ...flags);
  });
  afterEach(async () => {
    for (const { child, result } of following.splice(0)) {
      child.kill('SIGINT');
      await result;
    }
  });
  afterAll(() => lab?.clean());

  const container = (node: string) => lab.docker.getContainer(`${name}-${node}`);
  const read = async (...args: string[]) => {
    const { code, stdout, stderr } = await lab.run('logs', name, '--json', ...args);
    expect(code).toBe(0);
    return { lines: linesOf(stdout), stderr };
  };
  function follow(...args: string[]): RunningCommand & { lines(): Promise<Line[]> } {
    const command = lab.start(['logs', name, '-f', '--json', ...args]);
    following.push(command);
    return { ...command, lines: async () => linesOf(command.printed()) };
  }

  it('prints all of every node in the order of time', async () => {
    const { lines, stderr } = await read();
    expect(stderr).toBe('');
    expect(nodesIn(lines)).toEqual(ALL);
    expect(isSorted(lines)).toBe(true);
    expect(lines.filter((line) => line.stream !== stream)).toEqual([]);
    const ready = lines.filter(({ text }) => text.includes('Ready to accept connections'));
    expect(ready.map(({ node }) => node)).toEqual(expect.arrayContaining(ALL.slice(0, 3)));
    // As many as the node itself has written.
    if (stream === 'file') {
      const text = await readFile(
        join(lab.home, 'data', name, 'redis-3', 'data', 'node.log'),
        'utf8',
      );
      const own = lines.filter(({ node }) => node === 'redis-3').map((line) => line.text);
      expect(own).toEqual(text.trimEnd().split('\n'));
    }
  });

  it('puts the node before each line, in colours only where they are wanted', async () => {
    const { stdout } = await lab.run('logs', name, '--tail', '2');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    expect(lines.filter((line) => !/^(redis-\d {3}|sentinel-\d) \| /.test(line))).toEqual([]);
    expect((await lab.run('logs', name, '--color', '--tail', '1')).stdout).toContain('\x1b[');
    const terminal = lab.onTerminal('logs', name, '--tail', '1');
    await terminal.ended;
    expect(await terminal.shown()).toContain('\x1b[');
    const plain = lab.onTerminal('logs', name, '--tail', '1', '--no-color');
    await plain.ended;
    expect(await plain.shown()).not.toContain('\x1b[');
  });

  it.each([
    [['redis-2'], ['redis-2']],
    [['redis-3,sentinel-1'], ['redis-3', 'sentinel-1']],
    [['sentinel'], ALL.slice(3)],
    [['master'], ['redis-1']],
    [
      ['replica', 'sentinel-2'],
      ['redis-2', 'redis-3', 'sentinel-2'],
    ],
  ])('prints those of %j', async (targets, nodes) => {
    expect(nodesIn((await read(...targets)).lines)).toEqual(nodes);
  });

  it('prints what is young enough', async () => {
    expect((await read('--since', '1h')).lines.length).toBeGreaterThan(20);
    const { lines } = await read('--since', '1ms');
    expect(lines.length).toBeLessThan(5);
    expect((await lab.run('logs', name, '--since', 'soon')).code).toBe(2);
    expect((await lab.run('logs', name, '--tail', '-1')).code).toBe(2);
  });

  it('ends quietly when nobody reads on', async () => {
    const command = lab.start(['logs', name]);
    await new Promise((resolve) => command.child.stdout?.once('data', resolve));
    command.child.stdout?.destroy();
    expect(await command.result).toMatchObject({ code: 0, stderr: '' });
  });

  it('follows nodes that stop, come back, and are made anew', async () => {
    const before = (await read()).lines;
    const all = follow();
    const fresh = follow('--tail', '0', 'redis-3', 'sentinel');
    await eventually(all.lines, (lines) => lines.length >= before.length);
    await eventually(
      async () => (await lab.run('status', name)).code,
      (code) => code === 0,
    );

    await container('redis-3').restart();
    const starts = (lines: readonly Line[]) =>
      lines.filter(({ node, text }) => node === 'redis-3' && text.includes('just started'));
    await eventually(fresh.lines, (lines) => starts(lines).length === 1);
    await eventually(all.lines, (lines) => starts(lines).length === 2);

    await container('redis-3').remove({ force: true });
    await all.heard('redis-3 is gone: its container was removed.');
    await eventually(fresh.lines, (lines) => lines.some(({ text }) => /\+sdown slave/.test(text)));
    await lab.json<UpDocument>('up', name);
    await eventually(fresh.lines, (lines) => starts(lines).length === 2);
    await eventually(all.lines, (lines) => starts(lines).length === 3);
    expect(nodesIn(await fresh.lines())).not.toContain('redis-1');

    // Nothing twice, nothing lost: what is there now was followed from its beginning.
    all.child.kill('SIGINT');
    expect(await all.result).toMatchObject({ code: 0 });
    const followed = await all.lines();
    const key = ({ at, node, text }: Line) => `${at} ${node} ${text}`;
    // A signal handler of Redis writes no more than the second into a file.
    const timed = followed.filter(({ text }) => !text.includes(':signal-handler'));
    const late = (lines: readonly Line[]) =>
      lines.filter(({ at }, i) => i > 0 && at < (lines[i - 1]?.at ?? ''));
    // A log that begins may be heard a moment after what others said meanwhile; its own order holds.
    expect(late(timed.filter(({ node }) => node !== 'redis-3'))).toEqual([]);
    expect(late(timed.filter(({ node }) => node === 'redis-3'))).toEqual([]);
    const { lines } = await read();
    const seen = new Map<string, number>();
    for (const line of followed) seen.set(key(line), (seen.get(key(line)) ?? 0) + 1);
    const last = followed.at(-1)?.at ?? '';
    // At the interruption one log may have been read a moment further than another.
    const sure = new Date(Date.parse(last) - 2000).toISOString();
    const there = lines.filter(({ at }) => at < sure);
    const count = (each: Line) => there.filter((line) => key(line) === key(each)).length;
    expect(there.filter((line) => seen.get(key(line)) !== count(line))).toEqual([]);
  });

  it('prints what stopped nodes have left, and says whose is gone', async () => {
    await container('sentinel-3').stop();
    const stopped = await read('sentinel-3');
    expect(stopped.lines.length).toBeGreaterThan(0);
    await container('sentinel-3').remove({ force: true });
    const { lines, stderr } = await read();
    expect(stderr).toContain('sentinel-3 has no container');
    const hasFile = stream === 'file';
    expect(nodesIn(lines).includes('sentinel-3')).toBe(hasFile);
    await lab.json<UpDocument>('up', name);
  });

  it('is harmless to a terminal', async () => {
    if (stream !== 'file') return;
    const path = join(lab.home, 'data', name, 'redis-1', 'data', 'node.log');
    await appendFile(path, '1:M 01 Jan 2000 00:00:00.000 * \x1b[2J\x9b31mevil\x07\r\n');
    // The server may write on, as of a stranger who calls a port that was his before.
    const { stdout } = await lab.run('logs', name, 'redis-1', '--tail', '50');
    expect(stdout.split('\n')).toContain('redis-1 | 1:M 01 Jan 2000 00:00:00.000 * 31mevil');
  });

  it('has only files left once the topology is down', async () => {
    await lab.run('down', name);
    const { lines, stderr } = await read();
    expect(stderr).toContain(`${name} has no container`);
    expect(lines.length > 0).toBe(stream === 'file');
    const nobody = await lab.run('logs', 'nobody-has-this');
    expect(nobody.code).toBe(2);
  });
});
