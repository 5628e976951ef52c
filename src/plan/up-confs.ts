import { usersOf } from '../model/access.js';
import type { Owner } from '../model/container.js';
import type { Plan, Step } from '../model/plan.js';
import { type NodePlacement, ofKind, sameAddress, type TopologyRecord } from '../model/topology.js';
import { renderConf } from './conf.js';
import { confPath } from './conf-path.js';
import type { Epochs } from './kept.js';
import { dumpSteps } from './seed.js';
import { knownEdits, withoutUnknown } from './since.js';
import { beforeConf, endOf, strays } from './up-aside.js';
import { isRewritten, isUp, mustBeRemade, type UpFacts } from './up-facts.js';

/**
 * The conf of a node: written where it has none, else edited where the record asks for it.
 * @param owner whom the file belongs to; left out where that is who makes it
 */
export function confSteps(node: NodePlacement, facts: UpFacts, owner: { owner?: Owner }): Step[] {
  const { spec, placement } = facts.record;
  const path = confPath(facts.directory, node);
  const id = `conf:${node.name}`;
  const passwords = usersOf(spec.security).map((user) => `password:${user}`);
  const after = [
    `directory:${node.name}/conf`,
    ...passwords,
    `dump:${node.name}`,
    ...beforeConf(node),
  ];
  const isKept = facts.keptRedis.has(node.name) || facts.keptSentinels.has(node.name);
  if (isKept && !isRewritten(node, facts))
    return [...keptConfSteps(node, facts), ...watchSteps(node, facts)];
  const conf = renderConf(node, spec, placement, facts.master, facts.templates, epochsOf(facts));
  const content = withoutUnknown(conf, facts);
  const file = { path, content, mode: 0o600, ...owner };
  return [
    ...(isKept ? [] : dumpSteps(node, content, facts, owner)),
    { kind: isRewritten(node, facts) ? 'replace-file' : 'write-file', id, after, ...file },
  ];
}

/** All is new after a reset, the count of epochs too. */
function epochsOf({ record, epochs }: UpFacts): Epochs | undefined {
  return record.unfinished?.resetting ? undefined : epochs;
}

/** A conf that is there belongs to its server: it gets other addresses, or another master, at most. */
function keptConfSteps(node: NodePlacement, facts: UpFacts): Step[] {
  const path = confPath(facts.directory, node);
  const { moves = [] } = facts.record.unfinished ?? {};
  const own = moves.find(({ to }) => sameAddress(to, node.address));
  const move: Step = {
    ...{ kind: 'move-addresses', id: `move:${node.name}`, after: endOf(node), path, moves },
    ...(own === undefined ? {} : { own }),
  };
  const kept = facts.keptRedis.get(node.name);
  const strayed = kept !== undefined && !isUp(node, facts) && strays(node, kept, facts.master);
  const isMaster = sameAddress(node.address, facts.master);
  const adapt: Step = {
    ...{ kind: 'adapt-conf', id: `adapt:${node.name}`, path, version: facts.version },
    after: [move.id, ...endOf(node)],
  };
  const follow: Step = {
    ...{ kind: 'follow-master', id: `conf:${node.name}`, path },
    after: [move.id, adapt.id, ...beforeConf(node)],
    ...(isMaster ? {} : { master: facts.master }),
  };
  return [
    ...(moves.length > 0 ? [move] : []),
    ...(changesServer(node, facts) ? [adapt] : []),
    ...(strayed ? [follow] : []),
  ];
}

/**
 * A Sentinel that watches another master than all others do, as it was away when that one was
 * promoted, or as rsent promotes it now.
 */
function watchSteps(node: NodePlacement, facts: UpFacts): Step[] {
  const { record, master, epochs } = facts;
  const watched = facts.watched?.get(node.name);
  if (watched === undefined || sameAddress(watched, master) || isUp(node, facts)) return [];
  const replicas = ofKind(record.placement.nodes, 'redis').flatMap(({ address }) =>
    sameAddress(address, master) ? [] : [address],
  );
  const path = confPath(facts.directory, node);
  const after = ['record', `move:${node.name}`, ...endOf(node)];
  return [
    {
      ...{ kind: 'monitor-master', id: `conf:${node.name}`, after, path },
      ...{ masterName: record.spec.masterName, master, replicas, epochs },
    },
  ];
}

/** True when another server than the one that wrote its conf may read it. */
function changesServer({ name }: NodePlacement, facts: UpFacts): boolean {
  if (facts.record.unfinished?.upgradingFrom === undefined) return false;
  return !facts.containers.has(name) || mustBeRemade(facts);
}

/** After the record: whoever is killed in between has said what he wants, and `up` goes on with it. */
export function settingsSteps(node: NodePlacement, facts: UpFacts): Step[] {
  const edits = knownEdits(facts.confEdits?.get(node.name) ?? [], facts);
  if (edits.length === 0 || isUp(node, facts) || isRewritten(node, facts)) return [];
  const path = confPath(facts.directory, node);
  const before = ['move', 'adapt', 'conf'].map((what) => `${what}:${node.name}`);
  const after = ['record', ...before, ...endOf(node)];
  return [{ kind: 'write-settings', id: `settings:${node.name}`, after, path, edits }];
}

/** True when a plan writes the confs of all nodes from rsent's own templates, which say all settings. */
export function writesAllConfs({ steps }: Plan, { spec, placement }: TopologyRecord): boolean {
  const written = new Set(steps.flatMap(({ kind, id }) => (kind === 'write-file' ? [id] : [])));
  const isAll = placement.nodes.every(({ name }) => written.has(`conf:${name}`));
  return isAll && spec.templates === undefined;
}
