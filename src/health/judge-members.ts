import { HELLO_PERIOD_MS } from '../model/constants.js';
import type { LinkFacts, MonitoredReplica, SentinelFacts } from '../model/observation.js';
import { type Address, addressText, sameAddress } from '../model/topology.js';
import type { Add } from './collect.js';
import { judgeInfo, judgeLink } from './judge-links.js';
import { isSilent, nameAt, type RedisSeen, type Scene, type SentinelSeen } from './scene.js';

/** Peers that have said nothing for three hello periods are not known to be there. */
const STALE_HELLO_MS = 3 * HELLO_PERIOD_MS;

/** What one Sentinel says of the replicas, once it names the right master. */
export function judgeReplicaViews(scene: Scene, facts: SentinelFacts, add: Add): void {
  const { master } = scene;
  if (master === undefined) return;
  const told = facts.handsOut;
  if (told !== undefined && !sameAddress(told, master.node.address)) return;
  const expected = scene.redis
    .filter((seen) => !isHidden(seen) || facts.replicas.some((view) => isAt(seen, view)))
    .map(({ node }) => node.address)
    .filter((address) => !sameAddress(address, master.node.address));
  judgeSet(scene, 'replica', facts.replicas, expected, add);
  for (const view of facts.replicas) {
    if (isSilent(scene, view.address)) continue;
    if (!expected.some((address) => sameAddress(address, view.address))) continue;
    judgeLink(scene, view, 'slave', 'replica', add);
    judgeInfo(scene, view, 'replica', add);
    judgeReplication(scene, view, master.node.address, add);
  }
}

/** One that is not announced is in nobody's list; that is a finding of its own. */
function isHidden({ facts }: RedisSeen): boolean {
  return facts?.upstream?.announced === false;
}

function isAt({ node }: RedisSeen, { address }: LinkFacts): boolean {
  return sameAddress(node.address, address);
}

function judgeReplication(scene: Scene, view: MonitoredReplica, master: Address, add: Add): void {
  if (view.runId === '') return;
  const who = nameAt(scene, view.address);
  if (view.master === undefined || !sameAddress(view.master, master)) {
    const follows = view.master === undefined ? 'nobody' : nameAt(scene, view.master);
    add(
      'sees-replica-astray',
      `${who} follows ${follows}`,
      nameAt(scene, master),
      'Sentinel repoints it after failover-timeout',
      { settling: true, about: view.address },
    );
  } else if (!view.masterLinkOk) {
    add(
      'sees-replica-unlinked',
      `${who} reports its link to the master as down`,
      'ok',
      'look again in a second: INFO comes once a second while it is down',
      { settling: true, about: view.address },
    );
  }
}

/** What one Sentinel says of the others. */
export function judgePeerViews(
  scene: Scene,
  seen: SentinelSeen,
  facts: SentinelFacts,
  add: Add,
): void {
  const peers = scene.sentinels.filter((each) => each !== seen);
  const own = seen.node.address;
  const others = facts.peers.filter((view) => !sameAddress(view.address, seen.node.address));
  judgeSet(
    scene,
    'peer',
    others,
    peers.map(({ node }) => node.address),
    add,
    (address) => (isOfThePast(scene, facts) && differs(facts, peers, address) ? own : address),
  );
  for (const view of facts.peers) {
    if (view.runId !== '' && view.runId === facts.myId) {
      add(
        'own-ghost',
        'it lists itself among its peers, so its vote counts twice',
        'only others',
        'stop it, delete the line "known-sentinel" with its own id, start it',
      );
    }
    const peer = peers.find(({ node }) => sameAddress(node.address, view.address));
    if (peer?.facts === undefined) continue;
    const { sentinelId } = peer.node;
    if (sentinelId !== undefined && view.runId !== sentinelId) {
      add(
        'peer-id',
        `${peer.node.name} under the id ${view.runId}`,
        sentinelId,
        'it learns the right one from the next hello (2 s)',
        { settling: true, about: view.address },
      );
    }
    judgeLink(scene, view, 'sentinel', 'peer', add);
    if (facts.server.uptimeMs > 2 * STALE_HELLO_MS && view.lastHelloMs > STALE_HELLO_MS) {
      add(
        'no-hello',
        `${peer.node.name} has said no hello for ${view.lastHelloMs} ms`,
        `one every ${HELLO_PERIOD_MS} ms`,
        `see what else is found of ${peer.node.name}; if nothing is, its publishing to the data nodes fails: rsent logs ${scene.expectation.topology} ${peer.node.name}`,
        { settling: true, about: view.address },
      );
    }
  }
}

/** True for a Sentinel that hands out another master than most do. */
function isOfThePast({ master }: Scene, { handsOut }: SentinelFacts): boolean {
  return (
    handsOut !== undefined && master !== undefined && !sameAddress(handsOut, master.node.address)
  );
}

/** True where the Sentinel at this address hands out another master: they do not look for each other. */
function differs(facts: SentinelFacts, peers: readonly SentinelSeen[], address: Address): boolean {
  const peer = peers.find(({ node }) => sameAddress(node.address, address))?.facts?.handsOut;
  return peer !== undefined && facts.handsOut !== undefined && !sameAddress(peer, facts.handsOut);
}

/**
 * Exactly the expected ones: counts alone include the dead and the never seen.
 * @param whose whom it is about that one is missing
 */
function judgeSet(
  scene: Scene,
  what: 'replica' | 'peer',
  views: readonly LinkFacts[],
  expected: readonly Address[],
  add: Add,
  whose = (address: Address) => address,
): void {
  for (const address of expected) {
    if (views.some((view) => sameAddress(view.address, address))) continue;
    add(
      `${what}-unknown`,
      `it does not know ${nameAt(scene, address)}`,
      `every ${what} known`,
      what === 'replica'
        ? 'it learns replicas from the master’s INFO (10 s)'
        : 'it learns peers from their hello (2 s)',
      { settling: true, about: whose(address) },
    );
  }
  for (const view of views) {
    if (expected.some((address) => sameAddress(view.address, address))) continue;
    const own = scene.expectation.nodes.find(({ address }) => sameAddress(view.address, address));
    if (own !== undefined) {
      add(
        `${what}-turned`,
        `it lists ${nameAt(scene, view.address)} as a ${what}`,
        own.kind === 'redis' ? 'the master, not one of its own replicas' : 'no Sentinel there',
        'in a failover the leader lists the promoted replica until it ends: look again in a few seconds',
        { settling: true, about: view.address },
      );
      continue;
    }
    add(
      `${what}-ghost`,
      `it lists ${addressText(view.address)}, which is not of this topology`,
      `only expected ${what}s`,
      'Sentinel never forgets by itself: stop it, delete that known-… line in its conf, start it',
      { about: view.address },
    );
  }
}
