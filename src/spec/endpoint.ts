import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import type { Address } from '../model/topology.js';

/**
 * `host:port`, one or several with commas between them; IPv6 in brackets.
 * @throws RsentError `usage` when it is none
 */
export function parseEndpoints(text: string): Address[] {
  return text.split(',').map((each) => {
    const [, host = '', port] = /^(\[[0-9a-f:.]+\]|[^\s:[\]]+):(\d{1,5})$/i.exec(each.trim()) ?? [];
    const number = Number(port);
    if (host !== '' && number > 0 && number < 65536) {
      return { ip: host.replace(/^\[|\]$/g, ''), port: number };
    }
    throw new RsentError('usage', `--sentinel is ${shown(each)}; legal is host:port.`, {
      hint: 'For example --sentinel 127.0.0.1:26379.',
    });
  });
}
