import type { Replies, SentinelFacts } from '../model/observation.js';
import type { Setting } from '../model/settings.js';
import type { Address } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { fieldsIn } from './raw.js';
import type { Scene } from './scene.js';

/** No secrets: those are compared where they are read. */
const SHOWN = ['announce-ip', 'announce-port', 'resolve-hostnames', 'announce-hostnames'];

/** How a conf says that an address was taken back: the empty one is announced then. */
const NO_ADDRESS = 'sentinel announce-ip ""';

/**
 * What a Sentinel is set to for itself; nothing before 6.2, which does not tell.
 * @param conf text of its conf: only there an empty address is told from none
 */
export function sentinelSettingsIn(
  replies: Replies,
  conf?: string,
): Pick<SentinelFacts, 'settings'> {
  const fields = fieldsIn(replies['sentinel config']);
  if (fields === undefined) return {};
  const shown = [...fields].filter(([name]) => SHOWN.includes(name));
  const isEmpty = conf?.split('\n').includes(NO_ADDRESS) === true;
  return { settings: new Map([...shown, ...(isEmpty ? [['announce-ip', '""'] as const] : [])]) };
}

/**
 * What a Sentinel is set to for itself and should not be, with the value that it should have. Its own
 * address is as good as none: it says that anyway (sentinel.c, sentinelSendHello). Once it has been
 * given one, it cannot be given none: an empty one would be announced.
 * @param settings as it tells them
 */
export function announcedWrongly(
  { ip, port }: Address,
  settings: ReadonlyMap<string, string>,
): (Setting & { readonly was: string })[] {
  const wanted: readonly [string, readonly string[]][] = [
    ['announce-ip', [ip, '']],
    ['announce-port', [String(port), '0']],
    ['resolve-hostnames', ['no']],
    ['announce-hostnames', ['no']],
  ];
  return wanted.flatMap(([name, [value = '', ...others]]) => {
    const was = settings.get(name);
    if (was === undefined || was === value || others.includes(was)) return [];
    return [{ name, value, was }];
  });
}

/** Findings about Sentinels that tell the others and clients another address than theirs. */
export function judgeAnnounced({ expectation, sentinels }: Scene): Finding[] {
  const { topology, settings } = expectation;
  if (settings?.ownUsers !== true) return [];
  return sentinels.flatMap(({ node, facts }) =>
    announcedWrongly(node.address, facts?.settings ?? new Map()).map(
      ({ name, value, was }): Finding => ({
        code: 'setting-differs',
        severity: 'error',
        subject: node.name,
        saw: `${name} ${was}`,
        expected: value,
        fix: `rsent up ${topology} puts it right`,
      }),
    ),
  );
}
