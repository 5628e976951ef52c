import type { Finding } from '../model/verdict.js';

/** What a Sentinel or a replica complains of when the network between the nodes is gone. */
const UNHEARD = [
  ...['sees-master-down', 'sees-replica-down', 'sees-peer-down', 'sees-replica-unlinked'],
  ...['sees-replica-astray', 'sees-other-role', 'unproven', 'no-info', 'no-hello', 'impostor'],
  ...['peer-unknown', 'replica-unknown', 'ckquorum', 'epochs-differ', 'failover-running'],
  ...['replica-link-down', 'replica-not-attached', 'replica-other-history', 'writes-refused'],
  ...['no-eligible-replica', 'no-master', 'address-unreachable'],
];

/** What is seen when what all nodes live in is gone. */
const UNREACHED = [
  ...['node-unreachable', 'node-stopped', 'no-master', 'no-majority', 'no-quorum'],
  ...['no-eligible-replica', 'address-unreachable'],
];

/** Findings that only show what another one, about the whole topology, explains. */
const EXPLAINED_BY: Readonly<Record<string, readonly string[]>> = {
  'nodes-isolated': UNHEARD,
  // The boot's ping period is put back when all links are proven.
  'nodes-masqueraded': [...UNHEARD, 'foreign-replica', 'replica-ghost', 'ping-period'],
  'pod-down': UNREACHED,
  'network-gone': UNREACHED,
  'network-made-again': UNREACHED,
};

/**
 * The causes first, then what stands for itself, then what follows from a cause, marked with it.
 * The order is otherwise kept.
 */
export function causesFirst(findings: readonly Finding[]): Finding[] {
  const causes = findings.filter(({ code }) => Object.hasOwn(EXPLAINED_BY, code));
  const marked = findings.map((finding): Finding => {
    const cause = causes.find(({ code }) => EXPLAINED_BY[code]?.includes(finding.code));
    return cause === undefined ? finding : { ...finding, followsFrom: cause.code };
  });
  const rank = (finding: Finding) => {
    if (finding.followsFrom !== undefined) return 2;
    return causes.some(({ code }) => code === finding.code) ? 0 : 1;
  };
  return marked.sort((a, b) => rank(a) - rank(b));
}
