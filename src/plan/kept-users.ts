import { confWords } from '../model/directives.js';
import { isAtLeast } from '../model/version.js';
import { editLines } from './conf-text.js';

/** A rule about channels: an ACL pattern, or a word for all or none (redis.io/docs, ACL). */
const CHANNELS = /^\(*(&|allchannels\)?$|resetchannels\)?$)/i;

/**
 * A kept redis.conf or sentinel.conf as a newer server has to find it: with the channels that its
 * users have. 6.0 knows no rights to channels and writes `user default on nopass ~* +@all`. To 6.2
 * that means every channel still, to 7.0 none (acl-pubsub-default became resetchannels): Sentinels
 * can neither say hello nor listen, and take the node for disconnected. It must be edited before
 * that server's first start, which writes its own reading of it (`resetchannels`) into the conf.
 * A conf that speaks of channels itself, in a line or by acl-pubsub-default, stays as it is.
 * @param version of the server that will read it; one before 6.2 cannot read what is added
 */
export function keepChannels(text: string, version: string): string {
  if (!isAtLeast(version, '6.2.0')) return text;
  const speaks = text.split('\n').some((line) => nameIn(line) === 'acl-pubsub-default');
  if (speaks) return text;
  return editLines(text, (line) => {
    const [, name, ...rules] = confWords(line) ?? [];
    if (nameIn(line) !== 'user' || name === undefined) return line;
    if (rules.some((rule) => CHANNELS.test(rule))) return line;
    return line.endsWith('\r') ? `${line.slice(0, -1)} &*\r` : `${line} &*`;
  });
}

function nameIn(line: string): string | undefined {
  return confWords(line)?.[0]?.toLowerCase();
}
