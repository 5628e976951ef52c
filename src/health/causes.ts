import { type Address, sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import {
  ASTRAY,
  COPYING,
  LOST,
  MISTAKEN,
  OF_THE_PAST,
  SWITCHING,
  UNHEARD,
  UNLINKED,
  UNLINKED_ITSELF,
  UNMET,
  UNREACHED,
  UNSERVED,
} from './consequences.js';

/** What explains others. */
interface Cause {
  /** Codes of findings that follow from it, whatever they are about. */
  readonly all?: readonly string[];
  /** Codes of those that follow from it where they are about a server that it names. */
  readonly same?: readonly string[];
  /** Codes of those that follow from it where it is about the master. */
  readonly master?: readonly string[];
  /** Codes of those that are about the same address: what others say of a server that is down. */
  readonly about?: readonly string[];
  /** It is no more than what others see of it: it does not come before what stands for itself. */
  readonly minor?: true;
  /** It is about the whole topology: it comes before everything else. */
  readonly whole?: true;
}

/** What follows from what: the one table of it, for `status` and the doctor. */
const CAUSES: Readonly<Record<string, Cause>> = {
  'nodes-isolated': { all: UNHEARD, whole: true },
  // The boot's ping period is put back when all links are proven.
  'nodes-masqueraded': {
    all: [...UNHEARD, 'foreign-replica', 'replica-ghost', 'ping-period'],
    whole: true,
  },
  'pod-down': { all: UNREACHED, whole: true },
  'network-gone': { all: UNREACHED, whole: true },
  'network-made-again': { all: UNREACHED, whole: true },
  'node-loading': { master: UNSERVED, about: LOST },
  'node-busy': { master: UNSERVED, about: LOST },
  'node-frozen': { master: UNSERVED, about: LOST },
  'writes-paused': { master: UNSERVED, about: LOST },
  'clients-full': { master: UNSERVED, about: LOST },
  // A full copy is written to the same directory first (replication.c, readSyncBulkPayload).
  'snapshot-failed': {
    master: UNSERVED,
    about: LOST,
    same: UNLINKED_ITSELF,
  },
  'disk-write-failed': { master: UNSERVED, about: LOST },
  'follows-itself': { master: UNSERVED, about: LOST, same: UNLINKED_ITSELF },
  'master-follows-another': { all: OF_THE_PAST, whole: true },
  'replica-resyncing': { all: COPYING },
  'replicas-behind-nat': { all: MISTAKEN, whole: true },
  'name-unresolved': {
    same: ['sees-master-down', 'no-info', 'replica-unknown', 'peer-unknown', 'knows-no-master'],
    all: ['replica-unlisted'],
  },
  'auth-pass-missing': { same: ['sees-master-down', 'sees-replica-down', 'no-info', 'unproven'] },
  'loopback-announced': { same: ['sees-master-down', 'no-info'], all: ['no-master'] },
  // Where every data node refuses it; else only those that do are lost.
  'hello-refused': {
    master: [...UNHEARD, 'quorum-too-high', 'sentinels-too-few', 'no-majority'],
    about: LOST,
  },
  'votes-refused': { all: ['votes-unheard', 'no-master'], whole: true },
  'votes-unheard': { all: ['no-master'] },
  'sentinel-pass-wrong': {
    same: ['sees-peer-down', 'unproven', 'no-hello', 'ckquorum', 'peer-unknown'],
  },
  'quorum-too-high': { all: ['ckquorum'] },
  'sentinels-disagree': {
    all: ['sees-other-master', 'epochs-differ'],
    about: [...ASTRAY, ...UNMET, 'two-masters', 'no-info', 'ckquorum'],
  },
  'duplicate-sentinel-id': { same: ['peer-id', 'own-ghost'], about: UNMET },
  'knows-no-master': { about: UNMET },
  'listens-elsewhere': {
    same: ['replica-not-attached'],
    about: [...UNMET, 'sees-replica-down', 'replica-unlisted', 'no-info'],
  },
  // The leader describes the old master until it ends (sentinel.c, sentinelFailoverSwitchToPromotedSlave).
  'failover-running': { all: SWITCHING, same: ['replica-unknown', 'replica-turned'] },
  'sees-peer-down': { same: ['ckquorum'], minor: true },
  'peer-unknown': { same: ['ckquorum'], minor: true },
  'two-masters': { about: ASTRAY },
  'replica-wrong-master': { same: ['replica-not-attached', 'replica-link-down'], about: ASTRAY },
  'no-replicas': { all: ['no-eligible-replica'] },
  'node-down': { about: [...LOST, 'writes-refused', 'failover-running'] },
  'shut-out': { master: UNSERVED, about: LOST },
  'protected-mode': { master: UNSERVED, about: LOST },
  'masterauth-wrong': { same: UNLINKED_ITSELF, about: ['sees-replica-unlinked'] },
  'masterauth-missing': { same: UNLINKED_ITSELF, about: ['sees-replica-unlinked'] },
  // A node in cluster mode refuses REPLICAOF (replication.c, replicaofCommand).
  'cluster-enabled': { same: ['two-masters'], about: ASTRAY },
  'command-renamed': { same: ['not-asked'] },
  'debug-times': { all: ['no-hello'] },
  'password-differs': {
    all: UNLINKED,
    same: ['masterauth-missing', 'masterauth-wrong', 'auth-pass-missing', 'sentinel-pass-wrong'],
  },
};

/**
 * The causes first, then what stands for itself, then what follows from a cause, marked with it.
 * The order is otherwise kept.
 */
export function causesFirst<F extends Finding>(findings: readonly F[]): F[] {
  const causesOf = causesByCode(findings);
  const marked = findings.map((finding): F => {
    const cause = rootOf(finding, causesOf);
    if (cause === undefined) return finding;
    const fix = OBSERVATIONS.includes(finding.code) ? GOES_WITH_IT : finding.fix;
    return { ...finding, fix, followsFrom: cause.code };
  });
  const followed = new Set(marked.map(({ followsFrom }) => followsFrom));
  const rank = (finding: Finding) => {
    if (finding.followsFrom !== undefined) return 3;
    if (isWhole(finding)) return 0;
    return followed.has(finding.code) && !causeOf(finding.code)?.minor ? 1 : 2;
  };
  return marked.sort((a, b) => rank(a) - rank(b));
}

type CausesOf<F> = (code: string) => readonly F[];

/** What may explain findings of a code, causes of the whole first; many Sentinels have many findings. */
function causesByCode<F extends Finding>(findings: readonly F[]): CausesOf<F> {
  const causes = findings
    .filter(({ code }) => causeOf(code) !== undefined)
    .sort((a, b) => Number(isWhole(b)) - Number(isWhole(a)));
  const known = new Map<string, readonly F[]>();
  return (code) => {
    const found = known.get(code) ?? causes.filter((cause) => codesOf(cause).includes(code));
    known.set(code, found);
    return found;
  };
}

function codesOf({ code }: Finding): string[] {
  const { all = [], same = [], master = [], about = [] } = causeOf(code) ?? {};
  return [...all, ...same, ...master, ...about];
}

/** What one Sentinel sees of others: what mends the cause mends that, and nothing else does. */
const OBSERVATIONS = [
  ...['sees-other-role', 'sees-replica-astray', 'sees-replica-unlinked', 'sees-replica-down'],
  ...['sees-peer-down', 'sees-master-down', 'sees-other-master', 'ckquorum', 'replica-turned'],
];
/** What to do about a finding that has a cause. */
export const GOES_WITH_IT = 'nothing of its own: it goes with its cause';

/** The last cause behind a finding; undefined where nothing explains it. */
function rootOf<F extends Finding>(
  finding: F,
  causesOf: CausesOf<F>,
  passed: readonly F[] = [finding],
): F | undefined {
  const near = causesOf(finding.code).filter(
    (cause) => !passed.includes(cause) && explains(cause, finding) && !explains(finding, cause),
  );
  const roots = near.map((cause) => rootOf(cause, causesOf, [...passed, cause]) ?? cause);
  return roots.find((root) => near.includes(root)) ?? roots[0];
}

function causeOf(code: string): Cause | undefined {
  return Object.hasOwn(CAUSES, code) ? CAUSES[code] : undefined;
}

function isWhole({ code }: Finding): boolean {
  return causeOf(code)?.whole === true;
}

function explains(cause: Finding, finding: Finding): boolean {
  const { code, subject } = finding;
  const { all = [], same = [], master = [], about = [] } = causeOf(cause.code) ?? {};
  if (code === cause.code) return false;
  // A warning about it harms nobody else.
  const isError = cause.severity === 'error';
  if (isError && cause.onMaster && master.includes(code)) return true;
  const named = cause.subject.split(', ');
  return (
    all.includes(code) ||
    (same.includes(code) && named.includes(subject)) ||
    (isError && about.includes(code) && areOfOne(cause, finding))
  );
}

/** True when both are about the same server. */
function areOfOne(one: Finding, other: Finding): boolean {
  return whomOf(one).some((address) => whomOf(other).some((each) => sameAddress(address, each)));
}

function whomOf({ about, among = [] }: Finding): Address[] {
  return about === undefined ? [...among] : [about, ...among];
}
