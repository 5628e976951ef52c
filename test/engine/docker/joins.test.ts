import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { joinsOf } from '../../../src/engine/docker/joins.js';

/** An engine that tells these events and knows these containers, id by id. */
function anEngine(events: Readable, names: Record<string, string>) {
  const lists: unknown[] = [];
  const docker = {
    getEvents: async () => events,
    listContainers: async (options: unknown) => {
      lists.push(options);
      return Object.entries(names).map(([Id, name]) => ({ Id, Names: [`/${name}`] }));
    },
  } as unknown as Docker;
  return { docker, lists };
}

/** As GET /events gives it. */
const joined = (container: string) =>
  `${JSON.stringify({
    ...{ Type: 'network', Action: 'connect', scope: 'local' },
    Actor: { ID: 'n1', Attributes: { container, name: 'lab-net', type: 'bridge' } },
  })}\n`;

async function namesIn(docker: Docker, signal = new AbortController().signal): Promise<string[]> {
  const names: string[] = [];
  for await (const name of joinsOf(docker, 'lab-net', signal)) names.push(name);
  return names;
}

describe('joinsOf', () => {
  const names = { c1: 'lab-redis-1', c2: 'lab-redis-2' };

  it('names the containers of events, wherever the stream is cut', async () => {
    const text = joined('c1') + joined('c2');
    for (let at = 1; at < text.length; at += 7) {
      const stream = Readable.from([Buffer.from(text.slice(0, at)), Buffer.from(text.slice(at))]);
      expect(await namesIn(anEngine(stream, names).docker)).toEqual(['lab-redis-1', 'lab-redis-2']);
    }
  });

  it('asks for names only when it meets a container that it does not know', async () => {
    const stream = Readable.from([joined('c1'), joined('c2'), joined('c1')]);
    const { docker, lists } = anEngine(stream, names);
    await namesIn(docker);
    expect(lists).toHaveLength(1);
  });

  it.each([
    ['a container that is gone already', joined('c9')],
    ['an event that is about none', '{"Type":"network","Actor":{"Attributes":{}}}\n'],
    ['an event without an actor', '{"Type":"network"}\n'],
  ])('goes on after %s', async (_, event) => {
    const { docker } = anEngine(Readable.from([event, joined('c2')]), names);
    expect(await namesIn(docker)).toEqual(['lab-redis-2']);
  });

  it('is an error where the engine breaks off', async () => {
    const stream = new Readable({ read: () => undefined });
    stream.push(joined('c1'));
    const { docker } = anEngine(stream, names);
    const all = namesIn(docker);
    setImmediate(() => stream.destroy(new Error('the engine has gone')));
    await expect(all).rejects.toThrow('the engine has gone');
  });

  it('ends when it is told to, while the engine is silent', async () => {
    const silent = new Readable({ read: () => undefined });
    const end = new AbortController();
    const all = namesIn(anEngine(silent, names).docker, end.signal).catch(() => []);
    end.abort();
    expect(await all).toEqual([]);
    expect(silent.destroyed).toBe(true);
  });
});
