import type { Diagnosis, Examination } from '../../model/examination.js';
import { type Address, isLoopback, sameAddress } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { causesFirst } from '../causes.js';
import { judgeIsolation } from '../judge-isolation.js';
import { judgeRedis } from '../judge-redis.js';
import { judgeSentinels, LEAVES_TILT } from '../judge-sentinel.js';
import { judgeUntold } from '../judge-untold.js';
import { type Case, caseOf } from './case.js';
import { judgeAccess } from './judge-access.js';
import { judgeAddresses } from './judge-addresses.js';
import { judgeCopies } from './judge-copies.js';
import { judgeData } from './judge-data.js';
import { judgeGroup } from './judge-group.js';
import { judgeHello } from './judge-hello.js';
import { judgeIdentity } from './judge-identity.js';
import { judgePeers } from './judge-peers.js';
import { judgePresence } from './judge-presence.js';
import { judgeUnlisted } from './judge-unlisted.js';
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
    ...judgePeers(seen),
    ...judgeHello(seen),
    ...judgeData(seen),
    ...judgeIdentity(seen),
    ...judgeCopies(seen),
    ...judgeUnlisted(seen),
  ];
  const usual = known ?? judged(seen);
  const all = [...usual, ...withoutTwins(own, usual)]
    .map((each): Diagnosis => {
      const { why, fix, threads } = reasonOf(each.code);
      // What follows from another has no remedy of its own; nobody is started who runs.
      const isItsOwn = each.followsFrom !== undefined || each.fix === LEAVES_TILT;
      const remedy = known === undefined && !isItsOwn ? (fix ?? each.fix) : each.fix;
      const masterName = examination.masterName;
      return {
        ...each,
        fix: own.includes(each) ? each.fix : remedy,
        masterName,
        why: each.why ?? why,
        threads: threads ?? [],
      };
    })
    .sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  return causesFirst(all);
}

/** The rules of `status`, over what was reached here; it measures nothing against a wish. */
function judged(seen: Case): Finding[] {
  const all = [
    ...(mayBeIsolated(seen) ? judgeIsolation(seen.scene) : []),
    ...judgeRedis(seen.scene),
    ...judgeSentinels(seen.scene),
    ...judgeUntold(seen.scene),
  ];
  // Who does not answer here may well answer the others: of these, only they can tell.
  const hidden = seen.silent.some(
    ({ state, greeting }) => state === 'alive' || greeting !== undefined,
  );
  // That somebody is gone is a finding of its own: it is not told again as a stranger.
  const isGone = (about: Address) =>
    seen.silent.some(({ state, address }) => state === 'gone' && sameAddress(address, about));
  return all.filter(({ code, about }) => {
    if (code === 'foreign-replica' || (hidden && NEEDS_ALL.includes(code))) return false;
    return about === undefined || !STRANGERS.includes(code) || !isGone(about);
  });
}

/** Passwords, TLS in one place only, and addresses that mean nothing to others keep servers apart as well. */
function mayBeIsolated({ members, silent }: Case): boolean {
  const isPlain = members.every(({ greeting, address }) => {
    return greeting?.open === true && !greeting.tls && !isLoopback(address.ip);
  });
  return silent.length === 0 && isPlain;
}

/** What is said of an address that is listed and at which nobody of the topology is. */
const STRANGERS = ['replica-ghost', 'peer-ghost'];

/** What can only be said by who reaches everyone. */
const NEEDS_ALL = [
  'no-master',
  'no-majority',
  'no-quorum',
  'no-eligible-replica',
  'master-not-serving',
];

/** What both kinds of rules have found is told once. */
function withoutTwins(own: readonly Finding[], usual: readonly Finding[]): Finding[] {
  return own.filter(
    ({ code, subject }) => !usual.some((each) => each.code === code && each.subject === subject),
  );
}
