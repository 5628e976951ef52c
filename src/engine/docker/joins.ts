import { addAbortSignal, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import { documentsOf } from './progress.js';

/** What is used of an event. */
interface Event {
  readonly Actor?: { readonly Attributes?: { readonly container?: string } };
}

/** Names of the containers that get on a network, as the engine's events tell it from now on. */
export async function* joinsOf(
  docker: Docker,
  network: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const filters = { type: ['network' as const], event: ['connect'], network: [network] };
  // It is a Readable; its type only tells what all streams have.
  const events = (await docker.getEvents({ filters })) as Readable;
  addAbortSignal(signal, events);
  try {
    let names = new Map<string, string>();
    for await (const event of documentsOf(events)) {
      const id = containerIn(event);
      if (id === undefined) continue;
      // To inspect it would have to wait until it is started; a list does not.
      if (!names.has(id)) names = await namesOn(docker, network);
      const name = names.get(id);
      if (name !== undefined) yield name;
    }
  } finally {
    events.destroy();
  }
}

/** The id of the container that an event (GET /events) is about. */
function containerIn(event: Event): string | undefined {
  return event.Actor?.Attributes?.container;
}

async function namesOn(docker: Docker, network: string): Promise<Map<string, string>> {
  const rows = await docker.listContainers({ all: true, filters: { network: [network] } });
  return new Map(rows.map(({ Id, Names }) => [Id, Names[0]?.replace(/^\//, '') ?? '']));
}
