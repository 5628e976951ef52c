import type { Finding } from '../../model/verdict.js';
import { type Case, finding, type RedisServer } from './case.js';

/** What a person does not set: bytes at once, bytes for 60 s (config.c, clientBufferLimitsDefaults). */
const USUAL_LIMIT = '"slave 268435456 67108864 60"';

/**
 * A data node that sends its whole data again and again: more often than it has replicas within some
 * seconds, or while one of them waits for more than it may. What comes in while the copy is made is
 * kept for the replica, and over client-output-buffer-limit its connection is ended (networking.c,
 * checkClientOutputBufferLimits): it comes back, and all begins from the beginning.
 */
export function judgeCopies({ redis }: Case): Finding[] {
  return redis.flatMap((server): Finding[] => {
    const { copies, facts } = server;
    if (copies === undefined || copies.lately < 1) return [];
    const limit = limitOf(server);
    const isOver = limit !== undefined && limit.least > 0 && copies.buffered >= limit.least;
    if (copies.lately <= Math.max(1, facts.replicas.length) && !isOver) return [];
    const buffer =
      limit === undefined
        ? ''
        : `; up to ${copies.buffered} bytes wait for a replica, and client-output-buffer-limit is ${limit.text}`;
    return [
      {
        ...finding(
          'error',
          'replica-resyncing',
          server.name,
          `it has sent all its data ${copies.lately} times while it was looked at, ${copies.ever} times since its start${buffer}`,
          'one whole copy to each replica, and what is new from then on',
          `CONFIG SET client-output-buffer-limit ${USUAL_LIMIT} on every data node, or more where a copy takes long and much is written, and a larger repl-backlog-size (its log says "overcoming of output buffer limits"), then CONFIG REWRITE; if that is not the reason, its log names it: repl-timeout, or a connection that breaks`,
        ),
        settling: true,
      },
    ];
  });
}

/** The part for replicas, and the least that ends a connection; undefined where it does not tell. */
function limitOf({ settings }: RedisServer): { text: string; least: number } | undefined {
  const words = settings?.get('client-output-buffer-limit')?.split(' ') ?? [];
  const at = words.findIndex((word) => word === 'slave' || word === 'replica');
  if (at < 0) return undefined;
  const [, hard, soft] = words.slice(at, at + 3).map(Number);
  const limits = [hard ?? 0, soft ?? 0].filter((bytes) => bytes > 0);
  const least = limits.length === 0 ? 0 : Math.min(...limits);
  return { text: `"${words.slice(at, at + 4).join(' ')}"`, least };
}
