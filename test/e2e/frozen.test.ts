import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Lab, type Result } from '../helpers/lab.js';

jest.setTimeout(240_000);

/** What ends later than this did not end by itself; no verb is meant to be as slow. */
const BOUND_MS = 60_000;

let lab: Lab;
let name: string;
beforeAll(async () => {
  lab = await Lab.open();
  name = lab.name();
  await lab.json('up', name, '--profile', 'ci', '--auth', '--tls');
});
afterAll(() => lab?.clean());

/** Run it to its end within the bound. */
async function ended(args: readonly string[]): Promise<Result> {
  const { child, result } = lab.start(args);
  const timer = setTimeout(() => child.kill('SIGKILL'), BOUND_MS);
  return result.finally(() => clearTimeout(timer));
}

type Row = readonly [args: readonly string[], code: number];

/** What tells, and changes nothing: each its exit code; they are asked all at once. */
const TELLING: readonly Row[] = [
  [['status'], 1],
  [['doctor'], 1],
  [['ls'], 0],
  [['prune'], 0],
];

/** What changes something, and what needs nobody but those that answer: one after the other. */
const REFUSING: readonly Row[] = [
  [['up'], 1],
  [['start'], 1],
  [['scale', '--replicas', '3'], 1],
  [['set', '--down-after', '2500'], 1],
  [['rotate-password'], 1],
  [['rotate-certs'], 1],
  [['upgrade'], 1],
];

const of = (args: readonly string[]) => {
  const [verb = '', ...others] = args;
  return verb === 'ls' ? [verb, '--json'] : [verb, name, ...others, '--json'];
};

/** Exactly one document, the exit code, and the node by its name where something is wrong. */
function expectTold(args: readonly string[], node: string, code: number, result: Result): void {
  const said = { args, code: result.code, stdout: result.stdout, stderr: result.stderr };
  expect(said).toMatchObject({ code, stdout: expect.anything() });
  expect(() => JSON.parse(result.stdout)).not.toThrow();
  if (code !== 0) expect(said).toMatchObject({ stdout: expect.stringContaining(node) });
}

describe.each(['redis-2', 'sentinel-2'])('while the process of %s is frozen', (node) => {
  const container = () => lab.docker.getContainer(`${name}-${node}`);
  beforeAll(async () => {
    await container().kill({ signal: 'SIGSTOP' });
  });

  it('whatever only looks tells of it', async () => {
    const rows = TELLING.map(async ([args, code]) =>
      expectTold(args, node, code, await ended(of(args))),
    );
    await Promise.all(rows);
  });

  it.each(REFUSING)('%p ends, with the cause', async (args, code) => {
    const result = await ended(of(args));
    expectTold(args, node, code, result);
    expect(result.stdout).toContain(`docker kill -s CONT ${name}-${node}`);
  });

  it.each([
    [['exec', '--', 'true']],
    [['cli', '--', 'ping']],
    [['connect']],
    [['logs', '--tail', '1']],
    [['backup', '--to', 'kept']],
    [['export', 'compose', '--to', 'out']],
  ])('%p does without it', async ([verb = '', ...rest]) => {
    const to = rest.map((each) => (each === 'kept' ? join(lab.home, `${node}.rsent`) : each));
    const said = await ended(
      verb === 'export'
        ? [verb, 'compose', name, '--to', join(lab.home, `out-${node}`)]
        : [verb, name, ...to],
    );
    expect([said.code, said.stderr]).toEqual([0, expect.anything()]);
  });

  it('a move that means nothing for it names one that does', async () => {
    for (const move of ['resume', 'heal']) {
      const { code, stderr } = await ended([move, node, name]);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`rsent kill ${node} ${name} ends it, and rsent up ${name} starts`),
      ]);
    }
  });

  it('it may be paused, and the way back is named', async () => {
    expect((await ended(['pause', node, name])).code).toBe(0);
    for (const args of [
      ['pause', node, name],
      ['start', name, node],
      ['stop', name, node],
    ]) {
      const { code, stderr } = await ended(args);
      const way = `rsent resume ${node} ${name} lets it go on`;
      expect([args, code, stderr]).toEqual([args, 1, expect.stringContaining(way)]);
    }
    expect((await ended(['resume', node, name])).code).toBe(0);
  });

  it('the way out that is named works', async () => {
    expect((await ended(['kill', node, name])).code).toBe(0);
    expect(await ended(['up', name, '--json'])).toMatchObject({ code: 0 });
  });
});

it.each([['stop'], ['reset', '--yes'], ['down']])('%p end a frozen node', async (...args) => {
  await lab.docker.getContainer(`${name}-redis-2`).kill({ signal: 'SIGSTOP' });
  expect(await ended(of(args))).toMatchObject({ code: 0 });
  expect(await ended(['up', name, '--json'])).toMatchObject({ code: 0 });
});
