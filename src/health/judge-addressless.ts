import type { Addressless } from '../model/observation.js';
import { isHostname } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { collect } from './collect.js';
import type { Scene, SentinelSeen } from './scene.js';

/** Findings about what is listed without an address: nobody dials it, and it is no server that is gone. */
export function judgeAddressless(scene: Scene): Finding[] {
  return [
    ...scene.sentinels.flatMap((seen) => judgeListed(scene, seen)),
    ...scene.redis.flatMap(({ node, facts }) => readers(node.name, facts?.readers ?? [])),
    ...judgeGoneReaders(scene),
  ];
}

function judgeListed(scene: Scene, { node, facts }: SentinelSeen): Finding[] {
  const { findings, add } = collect(node.name);
  const listed = facts?.addressless ?? [];
  for (const { what, port } of listed.filter(({ ip }) => ip === '')) {
    const name = what === 'replica' ? unlistedName(scene, port) : undefined;
    const who = name ?? 'its name';
    add(
      'name-unresolved',
      what === 'master'
        ? 'it has no address of its master: it cannot resolve the name in its "sentinel monitor" line'
        : `it lists a ${what} without an address (port ${port}): it cannot resolve ${who}`,
      'names that every Sentinel resolves, also while their servers are down',
      `have ${who} resolve where this Sentinel runs (its DNS, or a line in its hosts file; in a container extra_hosts), or use IP addresses: ${PLACES[what]}`,
      { settling: true },
    );
  }
  for (const { ip } of listed.filter(({ what, port }) => what === 'sentinel' && port === 0)) {
    add(
      'port-unknown',
      `it lists a Sentinel at ${ip} with the port 0`,
      'a port that the others can dial',
      'tls-replication yes in the conf of that Sentinel where it listens on a tls-port only, or sentinel announce-port; then restart it',
    );
  }
  return findings;
}

/** Where an address takes the place of a name. */
const PLACES: Readonly<Record<Addressless['what'], string>> = {
  master: 'in sentinel monitor',
  replica:
    'replica-announce-ip on the replica, then CLIENT KILL TYPE master on it (it says its address only as it connects); the entry without one goes when its "sentinel known-replica" line is deleted while the Sentinel is stopped',
  sentinel: 'sentinel announce-ip on that Sentinel',
};

/** A replica that the master lists by a name, on this port; undefined when there is not exactly one. */
function unlistedName({ master, sentinels }: Scene, port: number): string | undefined {
  const known = sentinels.flatMap(({ facts }) => facts?.replicas ?? []);
  const names = (master?.facts?.replicas ?? [])
    .map(({ address }) => address)
    .filter((each) => each.port === port && isHostname(each.ip))
    .filter(({ ip }) => !known.some(({ address }) => address.ip === ip));
  return names.length === 1 ? names[0]?.ip : undefined;
}

/** A server in the middle of its work announces its port; such a program has none (replication.c). */
function readers(node: string, hosts: readonly string[]): Finding[] {
  return [...new Set(hosts)].map((host) => ({
    code: 'stream-reader',
    severity: 'warning',
    subject: node,
    saw: `a program on ${host} reads its replication stream, and listens on no port: redis-cli --replica or --rdb, or another that copies the data`,
    expected: 'only replicas, or a program that you know',
    fix: 'CLIENT LIST TYPE replica on it shows the connection; end the program, or leave it: Sentinel lists it at port 0, and never promotes it',
  }));
}

/** Sentinel never forgets: what has once read the stream stays in its list. */
function judgeGoneReaders({ redis, sentinels, expectation }: Scene): Finding[] {
  const present = redis.flatMap(({ facts }) => facts?.readers ?? []);
  const listing = sentinels.flatMap(({ node, facts }) =>
    (facts?.addressless ?? [])
      .filter(({ what, ip, port }) => what === 'replica' && port === 0 && ip !== '')
      .map(({ ip }) => ({ by: node.name, ip })),
  );
  const gone = listing.filter(({ ip }) => !present.includes(ip));
  return [...new Set(gone.map(({ ip }) => ip))].map((host) => {
    const by = [...new Set(gone.filter(({ ip }) => ip === host).map((each) => each.by))];
    return {
      code: 'stream-reader',
      severity: 'warning',
      subject: by.join(', '),
      saw: `a program on ${host} that listens on no port has read the replication stream: it is still listed as a replica, at port 0`,
      expected: 'only replicas',
      fix: `harmless, but for counts: to be rid of it, on one Sentinel after the other: stop it, delete the line "sentinel known-replica ${expectation.masterName} ${host} 0" from its conf, start it`,
    };
  });
}
