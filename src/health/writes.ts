import type { RedisFacts, WriteFigures } from '../model/observation.js';
import type { Expectation } from '../model/verdict.js';
import { applicationRefused } from './application.js';
import { CLIENTS_FULL, clientsFull } from './clients-full.js';
import { NO_ANSWERS } from './no-answers.js';
import type { WriteRefusal } from './write-refusal.js';

/** A data node's facts, and what its topology should be. */
interface Asked {
  /** Its name. */
  readonly node: string;
  readonly facts: RedisFacts;
  readonly figures: WriteFigures;
  readonly expectation: Expectation;
  /** The server's own words, where a write was tried. */
  readonly words: string;
}

/** One reason for which a server refuses a write. */
interface Rule {
  /** How its refusal begins. */
  readonly says: RegExp;
  /** Whether its own figures show it, where no write was tried. */
  holds(asked: Asked): boolean;
  explain(asked: Asked): WriteRefusal;
}

const TAKES_WRITES = 'it takes writes';

/** Before anything else: acceptCommonHandler in networking.c. */
const CLIENTS: Rule = {
  says: CLIENTS_FULL,
  holds: ({ facts, figures }) => {
    const limit = Number(facts.settings?.get('maxclients') ?? Number.NaN);
    return figures.connections > 0 && figures.connections >= limit;
  },
  explain: ({ words, figures, expectation, node }) =>
    clientsFull(
      expectation,
      node,
      words || `${figures.connections} are open, as many as maxclients allows`,
    ),
};

/**
 * In the order in which the server checks them (server.c, processCommand), but for who asks. The last
 * ones cannot be seen in any figure: only a write that was tried shows them.
 */
const RULES: readonly Rule[] = [
  CLIENTS,
  {
    // getNodeByQuery: a server in cluster mode serves only the slots it owns.
    says: /^(CLUSTERDOWN|MOVED|ASK|CROSSSLOT|TRYAGAIN)/,
    holds: ({ figures }) => figures.clusterEnabled,
    explain: ({ words }) => ({
      code: 'cluster-enabled',
      saw: `it runs in cluster mode, and refuses writes${words && `: ${words}`}`,
      expected: 'cluster-enabled no: Sentinel cannot manage a cluster node',
      fix: 'take cluster-enabled out of its conf and restart it',
      settling: false,
    }),
  },
  {
    // performEvictions: over the limit, and nothing may be evicted (evict.c, getMaxmemoryState).
    says: /^OOM/,
    holds: ({ figures }) => isFull(figures),
    explain: ({ figures, expectation: { topology } }) => ({
      code: 'memory-full',
      saw: `it uses ${figures.usedMemory} of ${figures.maxmemory} bytes (maxmemory, policy ${figures.policy || 'unknown'}), and refuses every write`,
      expected: 'room for writes, or a policy that may evict keys',
      fix: `rsent set ${topology} --maxmemory SIZE with a larger one (0: no limit); or delete keys`,
      settling: true,
    }),
  },
  {
    // writeCommandsDeniedByDiskError, for the append-only file.
    says: /^MISCONF.*AOF/s,
    holds: ({ facts }) => facts.appendOnly && !facts.lastWriteOk,
    explain: () => ({
      code: 'disk-write-failed',
      saw: 'its last write to the append-only file failed: it refuses writes, and Sentinels consider it down',
      expected: 'written',
      fix: 'free disk space: it tries again every second',
      settling: true,
    }),
  },
  {
    // writeCommandsDeniedByDiskError, for snapshots: only with save points.
    says: /^MISCONF/,
    holds: ({ facts }) =>
      !facts.lastSaveOk &&
      facts.settings?.get('stop-writes-on-bgsave-error') === 'yes' &&
      (facts.settings.get('save') ?? '') !== '',
    explain: () => ({
      code: 'snapshot-failed',
      saw: 'its last snapshot (RDB) failed, and with stop-writes-on-bgsave-error it refuses every write and every PING: Sentinels consider it down',
      expected: 'written',
      fix: 'free disk space, then BGSAVE on it; or CONFIG SET stop-writes-on-bgsave-error no',
      settling: true,
    }),
  },
  {
    // checkGoodReplicasStatus: by the server's own setting, whatever was asked for.
    says: /^NOREPLICAS/,
    holds: (asked) => {
      const { goodReplicas } = asked.facts;
      return goodReplicas !== undefined && goodReplicas < neededReplicas(asked);
    },
    explain: (asked) => {
      const [needed, wish] = [neededReplicas(asked), asked.expectation.settings?.minReplicas];
      const isOther = wish !== undefined && needed !== wish;
      return {
        code: 'writes-refused',
        saw: `replicas it has heard from lately: ${asked.facts.goodReplicas ?? 'too few'}`,
        expected: `at least ${needed} (min-replicas-to-write): with fewer it refuses every write`,
        fix: isOther
          ? `rsent up ${asked.expectation.topology} sets min-replicas-to-write back to ${wish}`
          : `start replicas (rsent up ${asked.expectation.topology}), or CONFIG SET min-replicas-to-write 0 and accept the risk`,
        settling: true,
      };
    },
  },
  {
    says: /^(READONLY|MASTERDOWN)/,
    holds: ({ facts }) => facts.role !== 'master',
    explain: () => ({
      code: 'master-not-serving',
      saw: 'it refuses writes as a replica does',
      expected: 'master, as the Sentinels hand it out',
      fix: 'a failover may be under way: look again',
      settling: true,
    }),
  },
  {
    says: /^LOADING/,
    holds: ({ facts }) => facts.loading,
    explain: ({ facts }) => ({
      code: 'node-loading',
      saw:
        facts.headway?.text === undefined
          ? 'it is loading its data'
          : `it is loading its data: ${facts.headway.text}`,
      expected: 'loaded',
      fix: 'wait until it is done',
      settling: true,
    }),
  },
  {
    // isInsideYieldingLongCommand: after busy-reply-threshold (5 s).
    says: /^BUSY/,
    holds: () => false,
    explain: ({ words }) => busy(words),
  },
  {
    // isPausedActions: CLIENT PAUSE, and the command FAILOVER (replication.c, failoverCommand).
    says: /^no answer/,
    holds: ({ figures }) => !['', 'no-failover'].includes(figures.failoverState),
    explain: ({ words, figures: { failoverState } }) => {
      const cause = ['', 'no-failover'].includes(failoverState)
        ? 'CLIENT PAUSE may be in force'
        : `FAILOVER is at work (${failoverState})`;
      return {
        code: 'writes-paused',
        saw: `it answers questions, but holds writes back: ${cause}${words && ` (a SET got ${words})`}`,
        expected: TAKES_WRITES,
        fix: 'a planned failover pauses writes for a moment: look again; if it stays so, CLIENT UNPAUSE or FAILOVER ABORT on it',
        settling: true,
      };
    },
  },
];

/** The finding about a server that a script or function keeps from everything else. */
function busy(words: string): WriteRefusal {
  const { code, saw, expected, fix } = NO_ANSWERS.BUSY;
  return { code, saw: `${saw}: ${words}`, expected, fix, settling: true };
}

/**
 * Why this server would refuse a client's SET now; undefined when it would take it. A write that
 * was tried decides, and that the application may write nothing at all. Where no write could be
 * tried, the server's own figures do.
 */
export function writeRefusal(
  facts: RedisFacts,
  expectation: Expectation,
  node: string,
): WriteRefusal | undefined {
  const { trial } = facts;
  const words = trial?.taken === false ? trial.why : '';
  const asked = { node, facts, figures: facts.figures ?? NO_FIGURES, expectation, words };
  const isFull = CLIENTS.says.test(words) || (trial === undefined && CLIENTS.holds(asked));
  const refused = isFull ? undefined : applicationRefused(facts, expectation);
  if (refused !== undefined || trial?.taken === true) return refused;
  if (trial === undefined) return RULES.find((rule) => rule.holds(asked))?.explain(asked);
  const rule = RULES.find(({ says }) => says.test(words));
  return rule?.explain(asked) ?? unknown(words);
}

/** A refusal by a rule that a newer server, a module or a proxy brings. */
function unknown(words: string): WriteRefusal {
  return {
    code: 'writes-refused',
    saw: `it refuses a SET: ${words}`,
    expected: TAKES_WRITES,
    fix: 'these are the server’s own words: they name the setting',
    settling: true,
  };
}

const NO_FIGURES: WriteFigures = {
  ...{ usedMemory: 0, notCounted: 0, maxmemory: 0, policy: '', volatileKeys: 0 },
  ...{ connections: 0, clusterEnabled: false, failoverState: '' },
};

function isFull({ usedMemory, notCounted, maxmemory, policy, volatileKeys }: WriteFigures) {
  if (maxmemory === 0 || usedMemory - notCounted <= maxmemory) return false;
  return policy === 'noeviction' || (policy.startsWith('volatile-') && volatileKeys === 0);
}

/** By the server's own setting; by the wish where it does not say. */
function neededReplicas({ facts, expectation }: Asked): number {
  const own = Number(facts.settings?.get('min-replicas-to-write') ?? Number.NaN);
  return Number.isNaN(own) ? (expectation.settings?.minReplicas ?? 0) : own;
}
