import { passwordFile, usersOf } from '../model/access.js';
import type { NodeNames, Owner, Step } from '../model/plan.js';
import { type Address, type NodePlacement, sameAddress } from '../model/topology.js';
import { renderConf } from './conf.js';
import type { KeptRedis } from './kept.js';
import { seedName } from './seed.js';
import { isUp, type UpFacts } from './up-facts.js';
import { volumeLabels, volumeName } from './volumes.js';

/** Path of a node's conf file on the host. */
export function confPath(directory: string, node: Pick<NodePlacement, 'folder' | 'kind'>): string {
  return `${directory}/${node.folder}/conf/${node.kind}.conf`;
}

/** What is kept beside the data of all nodes: the record and the secrets. */
export function commonSteps(facts: UpFacts): Step[] {
  return [
    ...volumeSteps(facts),
    ...recordSteps(facts),
    ...secretSteps(facts),
    ...authoritySteps(facts),
  ];
}

/**
 * Before the record: a record whose volumes are nowhere is taken for one whose engine is another,
 * and what is killed in between must not look like that.
 */
function volumeSteps({ record, directory, volumes = new Set() }: UpFacts): Step[] {
  const { spec, placement } = record;
  if (placement.storage !== 'volume') return [];
  return placement.nodes
    .filter(({ name }) => !volumes.has(name))
    .map((node) => ({
      ...{ kind: 'create-volume', id: `volume:${node.name}`, after: [] },
      ...{ volume: volumeName(node), labels: volumeLabels(spec.name, node, directory) },
    }));
}

function allVolumes({ record }: UpFacts): string[] {
  return record.placement.nodes.map(({ name }) => `volume:${name}`);
}

function recordSteps(facts: UpFacts): Step[] {
  if (facts.recorded) return [];
  return [{ kind: 'write-record', id: 'record', after: allVolumes(facts), record: facts.record }];
}

/** Before any conf that holds it: a password that nobody knows any more would lock all out. */
function secretSteps({ record, keptPasswords, directory }: UpFacts): Step[] {
  return usersOf(record.spec.security)
    .filter((user) => !keptPasswords.has(user))
    .map((user) => {
      const path = `${directory}/${passwordFile(user)}`;
      const id = `password:${user}`;
      return { kind: 'write-secret', id, after: ['record'], user, path, mode: 0o600 };
    });
}

function authoritySteps({ record, hasAuthority, directory }: UpFacts): Step[] {
  if (!record.spec.security.tls || hasAuthority) return [];
  if (record.spec.security.givenCertificate) {
    return [{ kind: 'write-certificate', id: 'authority', after: ['record'], path: directory }];
  }
  const [certificate, key] = [`${directory}/ca.crt`, `${directory}/ca.key`];
  return [{ kind: 'make-authority', id: 'authority', after: ['record'], certificate, key }];
}

function certificateSteps(node: NodePlacement, facts: UpFacts, owner: { owner?: Owner }): Step[] {
  const { spec } = facts.record;
  if (!spec.security.tls || facts.certified.has(node.name)) return [];
  const id = `certificate:${node.name}`;
  const after = ['authority', `directory:${node.name}/conf`];
  const path = `${facts.directory}/${node.folder}/conf`;
  if (spec.security.givenCertificate) {
    return [{ kind: 'write-certificate', id, after, path, ...owner }];
  }
  return [
    {
      kind: 'issue-certificate',
      id,
      after,
      path,
      names: namesOf(node, facts.hostAddresses),
      ...owner,
    },
  ];
}

/**
 * Every way in which a client, a node or rsent itself may call a node.
 * @param hostAddresses IPv4 addresses of this host, for a node that is published on all of them
 */
export function namesOf(
  { name, container, address, published }: NodePlacement,
  hostAddresses: readonly string[],
): NodeNames {
  const outside = published.ip === '0.0.0.0' ? hostAddresses : [published.ip];
  const ips = [address.ip, ...outside, '127.0.0.1'];
  return {
    commonName: container,
    dnsNames: [container, name, 'localhost'],
    ipAddresses: [...new Set(ips)],
  };
}

/** A node's directories, its certificate and its conf, as far as they are not there yet. */
export function fileSteps(node: NodePlacement, facts: UpFacts): Step[] {
  const owner = facts.chown ? { owner: facts.user } : {};
  const base = `${facts.directory}/${node.folder}`;
  const isVolume = facts.record.placement.storage === 'volume';
  // A volume is a directory already; one that is missing in the container that files pass through
  // would need another such container.
  const first = isVolume ? [] : [''];
  const before = isVolume ? ['record', ...allVolumes(facts)] : [`directory:${node.name}`];
  // A container that exists has its directories mounted.
  const needed = facts.containers.has(node.name) ? [] : [...first, '/conf', '/data'];
  const directories = needed.map((part): Step => {
    const after = part === '' ? ['record'] : before;
    const id = `directory:${node.name}${part}`;
    return { kind: 'make-directory', id, after, path: `${base}${part}`, mode: 0o700, ...owner };
  });
  return [
    ...directories,
    ...certificateSteps(node, facts, owner),
    ...confSteps(node, facts, owner),
  ];
}

function confSteps(node: NodePlacement, facts: UpFacts, owner: { owner?: Owner }): Step[] {
  const { spec, placement } = facts.record;
  const path = confPath(facts.directory, node);
  const id = `conf:${node.name}`;
  const passwords = usersOf(spec.security).map((user) => `password:${user}`);
  const after = [`directory:${node.name}/conf`, ...passwords, `dump:${node.name}`];
  const kept = facts.keptRedis.get(node.name);
  if (kept !== undefined) {
    if (isUp(node, facts) || !strays(node, kept, facts.master)) return [];
    const isMaster = sameAddress(node.address, facts.master);
    const master = isMaster ? {} : { master: facts.master };
    return [{ kind: 'follow-master', id, after, path, ...master }];
  }
  if (facts.keptSentinels.has(node.name)) return [];
  const content = renderConf(node, spec, placement, facts.master, facts.templates);
  return [
    ...dumpSteps(node, content, facts, owner),
    { kind: 'write-file', id, after, path, content, mode: 0o600, ...owner },
  ];
}

/** Before the conf: a first data node that has one has its data, whoever was killed when. */
function dumpSteps(
  node: NodePlacement,
  conf: string,
  { record, directory, dumpBytes: bytes }: UpFacts,
  owner: { owner?: Owner },
): Step[] {
  if (bytes === undefined || node.name !== record.placement.nodes[0]?.name) return [];
  const [id, after] = [`dump:${node.name}`, [`directory:${node.name}/data`]];
  const path = `${directory}/${node.folder}/data/${seedName(conf)}`;
  return [{ kind: 'write-dump', id, after, path, bytes, mode: 0o600, ...owner }];
}

/**
 * True when its conf would make the node a second master, the replica of a past one, or, the
 * master itself, the replica of one that follows it (its conf was not saved at its promotion).
 */
function strays(node: NodePlacement, kept: KeptRedis, master: Address): boolean {
  if (sameAddress(node.address, master)) return kept.replicaOf !== undefined;
  return kept.replicaOf === undefined || !sameAddress(kept.replicaOf, master);
}
