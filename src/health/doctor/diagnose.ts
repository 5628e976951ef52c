import type { Diagnosis, Examination } from '../../model/examination.js';
import { addressText } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { judgeRedis } from '../judge-redis.js';
import { judgeSentinels } from '../judge-sentinel.js';
import { judgeUntold } from '../judge-untold.js';
import { type Case, caseOf } from './case.js';
import { judgeAccess } from './judge-access.js';
import { judgeAddresses } from './judge-addresses.js';
import { judgeData } from './judge-data.js';
import { judgeGroup } from './judge-group.js';
import { judgePresence } from './judge-presence.js';
import { reasonOf } from './reasons.js';

/**
 * Findings about an examination, worst first.
 * @param known what `status` found, of a topology of rsent; else the same rules judge what was seen
 */
export function diagnose(examination: Examination, known?: readonly Finding[]): Diagnosis[] {
  const seen = caseOf(examination);
  const own = [
    ...judgeAddresses(seen),
    ...judgePresence(seen),
    ...judgeGroup(seen),
    ...judgeAccess(seen),
    ...judgeData(seen),
  ];
  const usual = known ?? judged(seen);
  const all = [
    ...usual.filter((each) => !isExplained(each, own, seen)),
    ...withoutTwins(own, usual),
  ];
  return all
    .map((each): Diagnosis => {
      const { why, fix, threads } = reasonOf(each.code);
      const remedy = known === undefined ? (fix ?? each.fix) : each.fix;
      const masterName = examination.masterName;
      return {
        ...each,
        fix: own.includes(each) ? each.fix : remedy,
        masterName,
        why,
        threads: threads ?? [],
      };
    })
    .sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}

/** The rules of `status`, over what was reached here; it measures nothing against a wish. */
function judged(seen: Case): Finding[] {
  const all = [
    ...judgeRedis(seen.scene),
    ...judgeSentinels(seen.scene),
    ...judgeUntold(seen.scene),
  ];
  // Who does not answer here may well answer the others: of these, only they can tell.
  const hidden = seen.silent.some(
    ({ state, greeting }) => state === 'alive' || greeting !== undefined,
  );
  return all.filter(({ code, saw }) => {
    if (hidden && NEEDS_ALL.includes(code)) return false;
    const isGone = seen.silent.some(
      ({ state, address }) => state === 'gone' && saw.includes(addressText(address)),
    );
    return !isGone;
  });
}

/** What can only be said by who reaches everyone. */
const NEEDS_ALL = [
  'no-master',
  'no-majority',
  'no-quorum',
  'no-eligible-replica',
  'master-not-serving',
];

/** Findings that only show what another one explains: about the same subject, or about all. */
const EXPLAINS: Readonly<Record<string, { readonly same?: string[]; readonly all?: string[] }>> = {
  'auth-pass-missing': { same: ['sees-master-down', 'sees-replica-down', 'no-info', 'unproven'] },
  'loopback-announced': { same: ['sees-master-down', 'no-info'], all: ['no-master'] },
  'quorum-too-high': { all: ['ckquorum'] },
  'sentinels-disagree': { all: ['sees-other-master', 'epochs-differ'] },
  'duplicate-sentinel-id': { same: ['peer-unknown', 'peer-id', 'own-ghost', 'ckquorum'] },
  'no-replicas': { all: ['no-eligible-replica'] },
  'command-renamed': { same: ['not-asked'] },
};

function isExplained({ code, subject }: Finding, own: readonly Finding[], seen: Case): boolean {
  const doubles = idDoubles(seen);
  return [...own, ...doubles].some((cause) => {
    const { same = [], all = [] } = EXPLAINS[cause.code] ?? {};
    return (
      all.includes(code) || (same.includes(code) && cause.subject.split(', ').includes(subject))
    );
  });
}

/** The usual rules find doubles, too: then their silence about each other is explained. */
function idDoubles({ scene }: Case): Finding[] {
  return judgeSentinels(scene).filter(({ code }) => code === 'duplicate-sentinel-id');
}

/** What both kinds of rules have found is told once. */
function withoutTwins(own: readonly Finding[], usual: readonly Finding[]): Finding[] {
  return own.filter(
    ({ code, subject }) => !usual.some((each) => each.code === code && each.subject === subject),
  );
}
