import { type Address, addressText, sameAddress } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { type Case, finding, grouped, masterViewOf, subjectOf } from './case.js';

/** A master that started this lately may have come back by itself. */
const LATELY_MS = 10 * 60_000;

/** Findings about the data nodes: what would be lost, and what no failover could do. */
export function judgeData(seen: Case): Finding[] {
  return [
    ...judgePersistence(seen),
    ...judgeGuard(seen),
    ...judgeReplicas(seen),
    ...judgeCommands(seen),
    ...judgeTls(seen),
    ...judgeClaims(seen),
  ];
}

/** Each may be master one day; one finding for all. */
function judgePersistence({ redis, master, examination }: Case): Finding[] {
  const forgetful = redis.filter(
    ({ settings, facts }) => !facts.appendOnly && settings?.get('save') === '',
  );
  if (forgetful.length === 0) return [];
  const uptimeMs = master?.facts.server.uptimeMs ?? LATELY_MS;
  const isLate = forgetful.some((each) => each === master) && uptimeMs < LATELY_MS;
  const lately = isLate ? `; the master was started ${Math.round(uptimeMs / 1000)} s ago` : '';
  return [
    finding(
      'warning',
      'no-persistence',
      subjectOf(forgetful),
      `they keep nothing on disk (appendonly no, save "")${lately}`,
      'data on disk, or nothing that starts them again by itself',
      `CONFIG SET appendonly yes, then CONFIG REWRITE; or take away what restarts them (restart policy, systemd Restart=)${examination.expectation ? '' : ', which cannot be seen from here'}`,
    ),
  ];
}

/** With one replica a guard would stop all writes whenever that one is away. */
function judgeGuard({ redis, master }: Case): Finding[] {
  if (redis.length < 3 || master === undefined) return [];
  const bare = redis.filter(({ settings }) => settings?.get('min-replicas-to-write') === '0');
  if (bare.length === 0) return [];
  return [
    finding(
      'warning',
      'no-write-guard',
      subjectOf(bare),
      'min-replicas-to-write 0: a master that nobody hears any more goes on taking writes',
      'min-replicas-to-write 1 on every data node, where there are two replicas or more',
      'CONFIG SET min-replicas-to-write 1 and CONFIG SET min-replicas-max-lag 3 on each of them, then CONFIG REWRITE',
    ),
  ];
}

function judgeReplicas({ sentinels, master, examination }: Case): Finding[] {
  const views = sentinels.map(masterViewOf).filter((view) => view !== undefined);
  const knowsOne = views.some(({ replicaCount }) => replicaCount > 0);
  // A replica lists none of its own, whoever else there is.
  if (master?.facts.role !== 'master') return [];
  if (knowsOne || master.facts.replicas.length > 0) return [];
  return [
    finding(
      'error',
      'no-replicas',
      examination.masterName,
      'the master has no replica',
      'at least one that could be promoted',
      `start a Redis with replicaof ${master.address.ip} ${master.address.port}`,
    ),
  ];
}

function judgeCommands({ redis, examination }: Case): Finding[] {
  const lacking = redis.filter(({ missingCommands }) => (missingCommands ?? []).length > 0);
  const groups = grouped(lacking, ({ missingCommands }) => (missingCommands ?? []).join(', '));
  return [...groups].map(([commands, servers]) =>
    finding(
      'error',
      'command-renamed',
      subjectOf(servers),
      `they do not know ${commands} by that name`,
      'the commands that Sentinel sends, under their own names',
      `take the rename-command lines away and restrict commands by ACL; if they must stay: sentinel rename-command ${examination.masterName} ${commands.split(',')[0]} NEWNAME on every Sentinel (whether that was done cannot be asked)`,
    ),
  );
}

/** Of its own topologies rsent knows whether TLS was asked for. */
function judgeTls({ ours, members, redis }: Case): Finding[] {
  const secret = members.filter(({ greeting }) => greeting?.tls === true);
  if (ours || secret.length === 0) return [];
  const plain = members.filter(({ greeting }) => greeting?.tls === false);
  const half =
    plain.length === 0
      ? []
      : [
          finding(
            'error',
            'tls-half-on',
            subjectOf(plain),
            `they speak without TLS, and ${subjectOf(secret)} with it`,
            'TLS on every port, or on none',
            'port 0 and tls-port with a certificate on all data nodes and Sentinels, and tls-replication yes on all of them, the Sentinels too',
          ),
        ];
  const bare = redis.filter(({ settings }) => {
    return settings?.get('tls-port') !== '0' && settings?.get('tls-replication') === 'no';
  });
  if (bare.length === 0) return half;
  return [
    ...half,
    finding(
      'error',
      'tls-half-on',
      subjectOf(bare),
      'they would reach their master without TLS',
      'TLS between the nodes, too',
      'CONFIG SET tls-replication yes on them, then CONFIG REWRITE',
    ),
  ];
}

/** By its name where it is known: one Sentinel is told once, however it was found. */
function sentinelAt({ servers }: Case['examination'], address: Address): string {
  const known = servers.find(
    ({ address: home, reachedAt }) =>
      sameAddress(home, address) || reachedAt.some((each) => sameAddress(each, address)),
  );
  return known?.name ?? `sentinel ${addressText(address)}`;
}

/** Two topologies over one node: whoever has the higher epoch takes it from the other. */
function judgeClaims({ examination, redis }: Case): Finding[] {
  const { otherMasters, hellos, masterName } = examination;
  const claims = [
    ...otherMasters.map(({ name, address, by }) => ({ name, address, by })),
    ...hellos.map((hello) => ({
      name: hello.masterName,
      address: hello.master,
      by: sentinelAt(examination, hello.sentinel),
    })),
  ].filter(({ name }) => name !== masterName);
  return [...grouped(claims, ({ name }) => name)].flatMap(([name, group]) => {
    const ours = group.filter(({ address }) =>
      redis.some((each) => sameAddress(each.address, address)),
    );
    const heard = hellos.filter((hello) => hello.masterName === name).map(({ heardOn }) => heardOn);
    const nodes = redis.filter(({ reachedAt }) =>
      [...ours.map(({ address }) => address), ...heard].some((address) =>
        reachedAt.some((each) => sameAddress(each, address)),
      ),
    );
    if (nodes.length === 0) return [];
    const by = [...new Set((ours.length > 0 ? ours : group).map((each) => each.by))].join(', ');
    return [
      finding(
        'error',
        'claimed-twice',
        subjectOf(nodes),
        `Sentinels count them to ${masterName}, and ${by} to ${name} as well`,
        'each data node in one topology only',
        `if they belong to ${masterName}: SENTINEL REMOVE ${name} on ${by}; if a node of the other one has got an old address of this one: give every topology a master name, addresses and a password of its own, and have the Sentinels forget the address`,
      ),
    ];
  });
}
