import type { Expectation } from '../model/verdict.js';
import type { WriteRefusal } from './write-refusal.js';

/** A server without room for one more client (networking.c, acceptCommonHandler). */
export const CLIENTS_FULL = /max number of clients/;

/**
 * The finding about a server that has no connection left. Nobody can tell it anything then, as it has
 * none in reserve for who would: only its restart ends those that it has.
 * @param node its name
 * @param words the server's own, or its figures
 */
export function clientsFull({ topology }: Expectation, node: string, words: string): WriteRefusal {
  return {
    code: 'clients-full',
    saw: `it takes no more connections: ${words}`,
    expected: 'connections left for clients, replicas and Sentinels',
    fix: `close clients, where you can reach them; or rsent stop ${topology} ${node}, then rsent start ${topology} ${node}: that ends all its connections, and another node takes over where it is the master. Then find who keeps so many (CLIENT LIST), or allow more: rsent set ${topology} --redis-config "maxclients NUMBER"`,
    settling: true,
  };
}
