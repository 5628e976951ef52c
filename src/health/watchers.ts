import type { RedisFacts, Replies, SentinelFacts, Watcher } from '../model/observation.js';
import { addressOf, instancesIn, textOf } from './raw.js';

/** Who else than this topology's Sentinels may be over a data node: its listeners tell. */
export const WATCHERS_QUESTION = { watchers: ['CLIENT', 'LIST', 'TYPE', 'pubsub'] } as const;
/** What else a Sentinel monitors. */
export const MASTERS_QUESTION = { masters: ['SENTINEL', 'MASTERS'] } as const;

/** The name of a Sentinel's connection: the beginning of its id (sentinel.c, sentinelSetClientName). */
const LISTENS = /(?:^| )name=sentinel-([0-9a-f]{8})-pubsub(?: |$)/;
const ADDRESS = /(?:^| )addr=(\S{1,300})/;

/** The Sentinels among those who listen on a data node (redis.io/commands/client-list). */
export function watchersIn(replies: Replies): Pick<RedisFacts, 'watchers'> {
  const text = replies['watchers'] && textOf(replies['watchers']);
  if (text === undefined) return {};
  const watchers = text.split('\n').flatMap((line): Watcher[] => {
    const id = LISTENS.exec(line)?.[1];
    return id === undefined ? [] : [{ id, address: ADDRESS.exec(line)?.[1] ?? '' }];
  });
  return { watchers };
}

/** What a Sentinel monitors, by its reply to SENTINEL MASTERS. */
export function monitoredIn(replies: Replies): Pick<SentinelFacts, 'masters'> {
  const { masters } = replies;
  if (masters?.ok !== true) return {};
  return {
    masters: instancesIn(masters).flatMap((fields) => {
      const [name, address] = [fields.get('name'), addressOf(fields, 'ip', 'port')];
      return name === undefined || address === undefined ? [] : [{ name, address }];
    }),
  };
}
