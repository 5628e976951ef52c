import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

/** SIGKILL; the engine answers when it has taken away all that the container had of it. */
export async function kill(docker: Docker, name: string): Promise<void> {
  await docker.getContainer(name).kill({ signal: 'SIGKILL' });
}

/**
 * SIGKILL, until nothing runs in the container any more. The engine tells that by an event at once,
 * but answers only when the network of the container is put away, which takes longer than all the
 * rest; `wait` and `inspect` answer no sooner.
 */
export async function killQuickly(docker: Docker, name: string): Promise<void> {
  const filters = { type: ['container' as const], event: ['die' as const], container: [name] };
  // It is a Readable; its type only tells what all streams have.
  const deaths = (await docker.getEvents({ filters })) as Readable;
  try {
    await Promise.race([heard(deaths), kill(docker, name)]);
  } finally {
    deaths.destroy();
  }
}

/** Resolves at the first event; never where the stream ends without one. */
function heard(events: Readable): Promise<void> {
  return new Promise((resolve) => {
    events.once('data', () => resolve());
    events.on('error', () => undefined);
  });
}
