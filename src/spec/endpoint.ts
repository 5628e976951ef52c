import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import type { Address } from '../model/topology.js';

/**
 * `host:port`, one or several with commas between them; IPv6 in brackets.
 * @param flag that it was given with
 * @throws RsentError `usage` when it is none
 */
export function parseEndpoints(text: string, flag: string): Address[] {
  return text.split(',').map((each) => {
    const [, host = '', port] = /^(\[[0-9a-f:.]+\]|[^\s:[\]]+):(\d{1,5})$/i.exec(each.trim()) ?? [];
    const number = Number(port);
    if (host !== '' && number > 0 && number < 65536) {
      return { ip: host.replace(/^\[|\]$/g, ''), port: number };
    }
    throw new RsentError('usage', `${flag} is ${shown(each)}; legal is host:port.`, {
      hint: `For example ${flag} 127.0.0.1:26379.`,
    });
  });
}
