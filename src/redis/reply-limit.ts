import type { Redis } from 'ioredis';

/** No answer to a question of rsent comes near this (bytes); one without end would fill the memory. */
const LARGEST_REPLY = 64 * 1024 * 1024;

/** How much a connection had read when the present question was asked. */
const marks = new WeakMap<Redis, number>();

/** Break a connection over which more comes for one question, or as one message, than any answer has. */
export function limitReplies(client: Redis): void {
  client.on('connect', () => {
    const { stream } = client;
    marks.set(client, 0);
    stream.on('data', () => {
      if (stream.bytesRead - (marks.get(client) ?? 0) <= LARGEST_REPLY) return;
      stream.destroy(new Error(`its answer is larger than ${LARGEST_REPLY / 1024 ** 2} MB`));
    });
  });
  for (const heard of ['message', 'pmessage']) client.on(heard, () => replyBegins(client));
}

/** What comes from now on belongs to another question, or is another message. */
export function replyBegins(client: Redis): void {
  marks.set(client, client.stream?.bytesRead ?? 0);
}
