import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { DrillDocument, StatusDocument, UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';
import { type Event, type Fault, sequences } from '../helpers/sequences.js';

jest.setTimeout(7_200_000);

/** Each takes a quarter of a minute; a hundred are for whoever changes how topologies live. */
const COUNT = Number(process.env['RSENT_SEQUENCES'] ?? 3);
const SEED = Number(process.env['RSENT_SEED'] ?? 20261122);
const FLAGS = (process.env['RSENT_SEQUENCE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');

describe(`${COUNT} random sequences of verbs and faults (RSENT_SEED=${SEED})`, () => {
  let lab: Lab;
  let name: string;
  /** Keys that the master and a replica have acknowledged, and nobody has asked to remove. */
  let acknowledged: string[] = [];
  /** Keys that a reset was asked to remove and may not have: all of them are there, or none. */
  let doubtful: string[] = [];
  let written = 0;

  beforeAll(async () => {
    lab = await Lab.open();
    await begin();
  });
  afterAll(() => lab?.clean());

  it.each(sequences(SEED, COUNT).map((events, i) => [i + 1, events] as const))(
    'number %i ends healthy, and no acknowledged write is lost',
    async (_, events) => {
      const log: string[] = [];
      try {
        // A sequence in which nothing was ever acknowledged could lose nothing.
        expect(await write()).toBe('acknowledged');
        for (const event of events) log.push(`${textOf(event)}: ${await happen(event)}`);
        const up = await upAgain(log);
        expect(up.healthy).toBe(true);
        const there = await keysThere();
        expect(acknowledged.filter((key) => !there.has(key))).toEqual([]);
        expect([0, doubtful.length]).toContain(doubtful.filter((key) => there.has(key)).length);
        doubtful = [];
        await rebuild(events);
      } catch (error) {
        // The next one begins with another topology, and misses nothing that this one lost.
        [acknowledged, doubtful] = [[], []];
        await begin();
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(`${message}\n\nWhat happened:\n${log.join('\n')}`);
      }
    },
  );

  async function begin(): Promise<void> {
    if (name !== undefined) await lab.run('down', name, '--volumes', '--yes');
    name = lab.name();
    await lab.json('up', name, '--profile', 'ci', ...FLAGS);
  }

  /**
   * Give a node that has lost its files while it ran some again: else they would be gone everywhere
   * after some sequences. A master hands over before.
   */
  async function rebuild(events: readonly Event[]): Promise<void> {
    const emptied = events.flatMap((event) =>
      event.kind === 'fault' && event.what === 'empty' ? event.nodes : [],
    );
    // A master without its files is not healthy.
    const { stdout } = await lab.run('status', name, '--json');
    const { master, nodes } = JSON.parse(stdout) as StatusDocument;
    for (const node of emptied.filter((each) => nodes.some((here) => here.name === each))) {
      if (master?.node === node) await handOver();
      await lab.json('up', name, '--rebuild', node);
    }
    const there = await keysThere();
    expect(acknowledged.filter((key) => !there.has(key))).toEqual([]);
  }

  /**
   * It may refuse to go on with what would lose data that is in memory only, as with a recreation that
   * was cut short; then the way out that it names is gone.
   */
  async function upAgain(log: string[]): Promise<UpDocument> {
    const { code, stderr } = await lab.run('up', name, '--dry-run');
    const wayOut = / has its data in memory only: .*have it put into files again: (.*)\.$/s.exec(
      stderr.trim(),
    )?.[1];
    if (code === 2 && wayOut !== undefined) {
      log.push(`refused; the way out is ${wayOut}`);
      for (const command of wayOut.split(', then ')) {
        const { code: end, stderr: why } = await lab.run(...command.split(' ').slice(1));
        expect(`${end} ${why}`).toMatch(/^[01] /);
      }
    }
    return lab.json<UpDocument>('up', name);
  }

  /** Without its directory the old master may be unable to follow: the answer is no then, and it is rebuilt. */
  async function handOver(): Promise<void> {
    const { code, stdout, stderr } = await lab.run(
      ...['failover', name, '--manual', '--rate', '0', '--json'],
    );
    expect(`${code} ${stderr}`).toMatch(/^[01] /);
    expect((JSON.parse(stdout) as DrillDocument).promoted).not.toBeNull();
  }

  async function happen(event: Event): Promise<string> {
    switch (event.kind) {
      case 'writes':
        return write();
      case 'fault':
        return hurt(event.what, event.nodes);
      case 'verb':
        return carryOut(event.args, undefined);
      case 'killed':
        return carryOut(event.args, `#${event.after}`);
    }
  }

  /** @param at the step after which rsent is killed */
  async function carryOut(
    [verb = '', ...rest]: readonly string[],
    at: string | undefined,
  ): Promise<string> {
    const { code, steps, stderr } = await lab.dying([verb, name, ...rest], at);
    if (verb === 'reset' && code === 0) [acknowledged, doubtful] = [[], []];
    // What it refused, or never began, is no excuse for a missing key.
    else if (verb === 'reset' && steps.length > 0) doubt();
    if (code === null && at !== undefined) return `killed, ${steps.length} steps begun`;
    // It may refuse, and say why; it may not break.
    expect(`${code} ${stderr}`).not.toMatch(/^null|unexpectedly/);
    return `exit ${code} ${code === 0 ? '' : stderr.trim().split('\n').at(-1)}`;
  }

  function doubt(): void {
    doubtful.push(...acknowledged);
    acknowledged = [];
  }

  /** True while the record says that all data is still to go. */
  async function isResetting(): Promise<boolean> {
    const text = await readFile(join(lab.home, 'data', name, 'topology.json'), 'utf8');
    return JSON.parse(text).unfinished?.resetting === true;
  }

  /** What a master and a replica do not acknowledge counts for nothing. */
  async function write(): Promise<string> {
    const keys = Array.from({ length: 20 }, () => `key:${++written}`);
    const done = await atMaster(async (client) => {
      for (const key of keys) await client.set(key, 'x');
      return client.wait(2, 500);
    }).catch((error: Error) => error.message);
    if (typeof done !== 'number' || done < 1) return `not acknowledged (${done})`;
    acknowledged.push(...keys);
    if (await isResetting()) doubt();
    return 'acknowledged';
  }

  function keysThere(): Promise<Set<string>> {
    return atMaster(async (client) => new Set(await client.keys('key:*')));
  }

  async function atMaster<T>(act: (client: Redis) => Promise<T>): Promise<T> {
    const { stdout } = await lab.run('status', name, '--json');
    const { master, nodes = [] } = JSON.parse(stdout) as Partial<StatusDocument>;
    const published = nodes.find((node) => node.name === master?.node)?.published;
    if (published === undefined) throw new Error('there is no master');
    return withRedis(published, act, await lab.key(name));
  }

  async function hurt(what: Fault, nodes: readonly string[]): Promise<string> {
    if (what === 'empty') {
      for (const node of nodes)
        await rm(join(lab.home, 'data', name, node, 'data'), { recursive: true, force: true });
      return nodes.join(', ');
    }
    const done = await Promise.all(
      nodes.map(async (node) => {
        const container = lab.docker.getContainer(`${name}-${node}`);
        const act: Record<Exclude<Fault, 'empty'>, () => Promise<unknown>> = {
          kill: () => container.kill(),
          remove: () => container.remove({ force: true }),
          pause: () => container.pause(),
          stop: () => container.stop({ t: 5 }),
          cut: () =>
            lab.docker
              .getNetwork(`${name}-net`)
              .disconnect({ Container: `${name}-${node}`, Force: true }),
        };
        // It may not be there, or not run.
        return act[what]().then(
          () => node,
          () => '',
        );
      }),
    );
    return done.filter((node) => node !== '').join(', ') || 'nobody was there';
  }
});

function textOf(event: Event): string {
  switch (event.kind) {
    case 'writes':
      return 'writes';
    case 'fault':
      return `${event.what} ${event.nodes.join(', ')}`;
    case 'verb':
      return event.args.join(' ');
    case 'killed':
      return `${event.args.join(' ')}, killed after ${event.after} steps`;
  }
}
