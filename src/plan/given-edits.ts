import type { Passwords } from '../model/access.js';
import { confWords, presentName } from '../model/directives.js';
import { givenSettings } from '../model/given.js';
import type { ConfEdit } from '../model/plan.js';
import { type NodePlacement, ofKind, type TopologyRecord } from '../model/topology.js';
import { confEdits } from './conf-settings.js';

/**
 * All that has to change in the kept conf of a node that does not run, so that it starts as the record
 * says.
 * @param passwords by which what it says to others is judged; absent: it is not
 */
export function keptEdits(
  text: string,
  record: TopologyRecord,
  node: NodePlacement,
  passwords: Passwords | undefined,
): ConfEdit[] {
  return [
    ...confEdits(text, node.kind, record.spec),
    ...givenEdits(text, record, node),
    ...masterauthEdits(text, record, node, passwords),
  ];
}

/** What belongs to a node's place, and is put right by `move-addresses` while it moves. */
const OF_ITS_PLACE = /^(?:tls-)?port$|^replica-announce-/;

/**
 * What has to change in the kept conf of a data node that says otherwise what rsent's own redis.conf
 * says. A line that is missing is left to Redis, which leaves out what is its own value.
 */
function givenEdits(
  text: string,
  record: Pick<TopologyRecord, 'spec' | 'placement' | 'unfinished'>,
  node: NodePlacement,
): ConfEdit[] {
  if (ofKind([node], 'redis').length === 0) return [];
  const isMoving = (record.unfinished?.moves?.length ?? 0) > 0;
  return givenSettings(record, node).flatMap(({ name, value, isSaid }): ConfEdit[] => {
    if (isMoving && OF_ITS_PLACE.test(name)) return [];
    const was = valuesIn(text, name);
    const isOther = was.length > 0 && was.some((words) => words.join(' ') !== value);
    return isOther ? [{ start: [name], was, now: isSaid ? [[value]] : [] }] : [];
  });
}

/**
 * The same of what it says to its master. The edit names whose password it is and holds none, the
 * earlier one neither: undone, it has the right one, too.
 * @param passwords absent where nobody needs one, or none is known
 */
function masterauthEdits(
  text: string,
  { spec, unfinished }: Pick<TopologyRecord, 'spec' | 'unfinished'>,
  node: NodePlacement,
  passwords: Passwords | undefined,
): ConfEdit[] {
  const isOurs = spec.templates === undefined && unfinished?.rotating !== 'password';
  if (!isOurs || ofKind([node], 'redis').length === 0) return [];
  const start = ['masterauth'];
  const was = valuesIn(text, 'masterauth');
  if (!spec.security.auth) return was.length === 0 ? [] : [{ start, was: [['']], now: [] }];
  if (passwords === undefined) return [];
  const isRight = was.length > 0 && was.every((words) => words.join(' ') === passwords.replication);
  return isRight ? [] : [{ start, was: [], now: [], secret: 'replication' }];
}

function valuesIn(text: string, name: string): string[][] {
  return text.split('\n').flatMap((line): string[][] => {
    const [start = '', ...words] = confWords(line) ?? [];
    return presentName(start) === name ? [words] : [];
  });
}
