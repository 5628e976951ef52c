import { addressText, majorityOf, ofKind, sameAddress } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import {
  type Case,
  finding,
  grouped,
  masterViewOf,
  type SentinelServer,
  subjectOf,
} from './case.js';

/** Below this a switch is followed by a second one, or a pause counts as a death (redis#8607). */
const LEAST_DOWN_AFTER_MS = 2000;
/** An attempt needs an election, a promotion seen in INFO and the other replicas turned round. */
const LEAST_FAILOVER_MS = 5000;
/** After a failed attempt nobody tries again for twice as long (sentinel.c, sentinelStartFailoverIfNeeded). */
const MOST_FAILOVER_MS = 10 * 60_000;

/** Findings about the Sentinels as a group. */
export function judgeGroup(seen: Case): Finding[] {
  return [
    ...judgeCount(seen),
    ...judgeQuorum(seen),
    ...judgeAgreement(seen),
    ...judgeSettings(seen),
    ...judgeTimings(seen),
    ...judgeIds(seen),
  ];
}

/** Sentinels that are there, or away for a while; of its own topologies rsent knows how many. */
function countOf({ sentinels, silent, examination }: Case): number {
  const nodes = examination.expectation?.nodes;
  if (nodes !== undefined) return ofKind(nodes, 'sentinel').length;
  const away = silent.filter(({ observed, state }) => {
    return observed.kind === 'sentinel' && state !== 'gone';
  });
  return sentinels.length + away.length;
}

/** A Sentinel whom no other knows is seen only through itself; of its own topologies rsent knows all. */
function nameOthers({ ours }: Case): string {
  return ours
    ? ''
    : 'if there are others, name them, too (--sentinel A,B): what they say shows why they are not known; else ';
}

function judgeCount(seen: Case): Finding[] {
  const count = countOf(seen);
  const subject = seen.examination.masterName;
  const more =
    'start one Sentinel more on a machine of its own, with the same sentinel monitor line';
  if (count < 3) {
    const saw = count === 1 ? '1 Sentinel, and it knows of no other' : `${count} Sentinels`;
    const fix =
      count === 1
        ? `${nameOthers(seen)}start two Sentinels more: all must monitor the same master address`
        : `${nameOthers(seen)}${more}`;
    return [finding('error', 'sentinels-too-few', subject, saw, 'at least 3, an odd number', fix)];
  }
  if (count % 2 === 1) return [];
  const saw = `${count} Sentinels`;
  return [finding('warning', 'sentinels-even', subject, saw, 'an odd number', more)];
}

function judgeQuorum(seen: Case): Finding[] {
  const count = countOf(seen);
  const majority = majorityOf(count);
  const { masterName } = seen.examination;
  const set = (quorum: number) => `SENTINEL SET ${masterName} quorum ${quorum} on every Sentinel`;
  const groups = grouped(seen.sentinels, (each) => String(masterViewOf(each)?.quorum ?? ''));
  return [...groups].flatMap(([text, sentinels]) => {
    const quorum = Number(text);
    if (text === '') return [];
    const subject = subjectOf(sentinels);
    const expected = `between ${majority} and ${count}`;
    if (quorum > count) {
      const saw = `quorum ${quorum} with ${count} Sentinel${count === 1 ? '' : 's'}`;
      const fix = `${nameOthers(seen)}start the missing ones, or, where there are to be no more, ${set(majority)}`;
      return [finding('error', 'quorum-too-high', subject, saw, expected, fix)];
    }
    if (quorum >= majority) return [];
    const saw = `quorum ${quorum} of ${count} Sentinels`;
    return [finding('warning', 'quorum-too-low', subject, saw, expected, set(majority))];
  });
}

/** Each hands out another master; which of them is right the highest epoch tells. */
function judgeAgreement({ sentinels, examination, scene }: Case): Finding[] {
  const saying = sentinels.filter(({ facts }) => facts.handsOut !== undefined);
  const groups = grouped(saying, ({ facts }) => addressText(facts.handsOut ?? { ip: '', port: 0 }));
  if (groups.size < 2) return [];
  const parts = [...groups].map(([address, group]) => {
    return `${group.map(withEpoch).join(', ')} ${group.length === 1 ? 'hands' : 'hand'} out ${address}`;
  });
  const { master } = scene;
  const others = saying.filter(({ facts: { handsOut } }) => {
    return !(master && handsOut && sameAddress(handsOut, master.node.address));
  });
  const among = others.flatMap(({ address, facts: { handsOut } }) => [
    address,
    ...(handsOut === undefined ? [] : [handsOut]),
  ]);
  return [
    {
      ...finding(
        'error',
        'sentinels-disagree',
        examination.masterName,
        parts.join('; '),
        'one master for all',
        `wait for two hellos (4 s); if they still differ, they do not hear each other, or belong to two topologies with one name. On each that is wrong: SENTINEL REMOVE ${examination.masterName}, then SENTINEL MONITOR ${examination.masterName} with the right address, and its SENTINEL SET lines`,
      ),
      among,
      settling: true,
    },
  ];
}

function withEpoch(sentinel: SentinelServer): string {
  return `${sentinel.name} (epoch ${masterViewOf(sentinel)?.configEpoch ?? 'unknown'})`;
}

/** Not even SENTINEL SET is told to the others. Where rsent knows what was asked, it says that. */
function judgeSettings({ sentinels, examination }: Case): Finding[] {
  if (examination.expectation?.settings !== undefined) return [];
  const settings = [
    ['quorum', 'quorum'],
    ['down-after-milliseconds', 'downAfterMs'],
    ['failover-timeout', 'failoverTimeoutMs'],
    ['parallel-syncs', 'parallelSyncs'],
  ] as const;
  return settings.flatMap(([name, key]) => {
    const groups = grouped(sentinels, (each) => String(masterViewOf(each)?.[key] ?? ''));
    groups.delete('');
    if (groups.size < 2) return [];
    const ranked = [...groups].sort(([, a], [, b]) => b.length - a.length);
    const parts = ranked.map(([value, group]) => `${subjectOf(group)}: ${value}`);
    const fix = `SENTINEL SET ${examination.masterName} ${name} ${ranked[0]?.[0]} on those that differ`;
    const expected = 'the same on every Sentinel';
    const saw = `${name} differs: ${parts.join('; ')}`;
    return [finding('error', 'settings-disagree', examination.masterName, saw, expected, fix)];
  });
}

function judgeTimings({ sentinels, examination }: Case): Finding[] {
  const { masterName } = examination;
  const odd = (key: 'downAfterMs' | 'failoverTimeoutMs', isOdd: (ms: number) => boolean) => {
    const groups = grouped(sentinels, (each) => String(masterViewOf(each)?.[key] ?? ''));
    return [...groups].filter(([text]) => text !== '' && isOdd(Number(text)));
  };
  const short = odd('downAfterMs', (ms) => ms < LEAST_DOWN_AFTER_MS).map(([ms, group]) =>
    finding(
      'warning',
      'down-after-short',
      subjectOf(group),
      `down-after-milliseconds ${ms}`,
      `${LEAST_DOWN_AFTER_MS} ms or more`,
      `SENTINEL SET ${masterName} down-after-milliseconds 5000 on every Sentinel`,
    ),
  );
  const isOdd = (ms: number) => ms < LEAST_FAILOVER_MS || ms > MOST_FAILOVER_MS;
  const timeouts = odd('failoverTimeoutMs', isOdd).map(([ms, group]) =>
    finding(
      'warning',
      'failover-timeout-odd',
      subjectOf(group),
      `failover-timeout ${ms}`,
      `between ${LEAST_FAILOVER_MS} and ${MOST_FAILOVER_MS} ms`,
      `SENTINEL SET ${masterName} failover-timeout 30000 on every Sentinel`,
    ),
  );
  return [...short, ...timeouts];
}

/** Two Sentinels that share an id and hear each other pass each other over; their hellos show them. */
function judgeIds({ sentinels, examination }: Case): Finding[] {
  const mine = examination.hellos.filter((hello) => hello.masterName === examination.masterName);
  const known = [
    ...mine.map(({ sentinelId, sentinel }) => ({ id: sentinelId, at: sentinel })),
    ...sentinels.map(({ facts, address }) => ({ id: facts.myId ?? '', at: address })),
  ].filter(({ id }) => id !== '');
  return [...grouped(known, ({ id }) => id)].flatMap(([id, group]) => {
    const places = [...new Set(group.map(({ at }) => addressText(at)))];
    const isTold = sentinels.filter(({ facts }) => facts.myId === id).length > 1;
    if (places.length < 2 || isTold) return [];
    return [
      {
        ...finding(
          'error',
          'duplicate-sentinel-id',
          places.map((place) => `sentinel ${place}`).join(', '),
          `they share the id ${id}`,
          'an id of its own for each Sentinel',
          'stop all but one, delete the line "sentinel myid" of the others and start them again',
        ),
        among: group.map(({ at }) => at),
      },
    ];
  });
}
