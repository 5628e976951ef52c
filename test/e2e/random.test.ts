import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
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
  let written = 0;

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    await lab.json('up', name, '--profile', 'ci', ...FLAGS);
  });
  afterAll(() => lab?.clean());

  it.each(sequences(SEED, COUNT).map((events, i) => [i + 1, events] as const))(
    'number %i ends healthy, and no acknowledged write is lost',
    async (_, events) => {
      const log: string[] = [];
      try {
        await write();
        for (const event of events) log.push(`${textOf(event)}: ${await happen(event)}`);
        const up = await lab.json<UpDocument>('up', name);
        expect(up.healthy).toBe(true);
        expect(await missing()).toEqual([]);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(`${message}\n\nWhat happened:\n${log.join('\n')}`);
      }
    },
  );

  async function happen(event: Event): Promise<string> {
    switch (event.kind) {
      case 'writes':
        return write();
      case 'fault':
        return hurt(event.what, event.nodes);
      case 'verb': {
        if (event.args[0] === 'reset') acknowledged = [];
        const [verb = '', ...rest] = event.args;
        const { code, stderr } = await lab.run(verb, name, ...rest);
        // It may refuse, and say why; it may not break.
        expect(`${code} ${stderr}`).not.toMatch(/^null|unexpectedly/);
        return `exit ${code} ${code === 0 ? '' : stderr.trim().split('\n').at(-1)}`;
      }
      case 'killed': {
        if (event.args[0] === 'reset') acknowledged = [];
        const [verb = '', ...rest] = event.args;
        const { code, steps } = await lab.dying([verb, name, ...rest], `#${event.after}`);
        return code === null ? `killed, ${steps.length} steps begun` : `exit ${code}`;
      }
    }
  }

  /** What a master and a replica do not acknowledge counts for nothing. */
  async function write(): Promise<string> {
    const keys = Array.from({ length: 20 }, () => `key:${++written}`);
    const done = await atMaster(async (client) => {
      for (const key of keys) await client.set(key, 'x');
      return client.wait(1, 1000);
    }).catch((error: Error) => error.message);
    if (typeof done !== 'number' || done < 1) return `not acknowledged (${done})`;
    acknowledged.push(...keys);
    return 'acknowledged';
  }

  async function missing(): Promise<string[]> {
    const found = await atMaster(async (client) => {
      const keys = new Set<string>();
      for (const key of await client.keys('key:*')) keys.add(key);
      return keys;
    });
    return acknowledged.filter((key) => !found.has(key));
  }

  async function atMaster<T>(act: (client: Redis) => Promise<T>): Promise<T> {
    const { stdout } = await lab.run('status', name, '--json');
    const { master, nodes = [] } = JSON.parse(stdout) as Partial<StatusDocument>;
    const published = nodes.find((node) => node.name === master?.node)?.published;
    if (published === undefined) throw new Error('there is no master');
    return withRedis(published, act, await lab.key(name));
  }

  async function hurt(what: Fault, nodes: readonly string[]): Promise<string> {
    const done = await Promise.all(
      nodes.map(async (node) => {
        const container = lab.docker.getContainer(`${name}-${node}`);
        const act: Record<Fault, () => Promise<unknown>> = {
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
