import { passwordFile, usersOf } from '../model/access.js';
import type { Owner } from '../model/container.js';
import type { NodeNames, Step } from '../model/plan.js';
import type { NodePlacement } from '../model/topology.js';
import { volumeName } from './ownership.js';
import { asideSteps, endOf } from './up-aside.js';
import { confSteps, settingsSteps } from './up-confs.js';
import { goesOn, type UpFacts } from './up-facts.js';
import { volumeLabels } from './volumes.js';

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
  const { placement } = record;
  if (placement.storage !== 'volume') return [];
  return placement.nodes
    .filter(({ name }) => !volumes.has(name))
    .map((node) => ({
      ...{ kind: 'create-volume', id: `volume:${node.name}`, after: [] },
      ...{ volume: volumeName(node), labels: volumeLabels(record, node, directory) },
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
  if (!spec.security.tls || (facts.certified.has(node.name) && !needsOther(node, facts))) return [];
  const id = `certificate:${node.name}`;
  const after = ['authority', `directory:${node.name}/conf`, ...endOf(node)];
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
 * A certificate names the addresses of its node; the user's own is whatever the user made it. That
 * of an earlier node of the name may be of another authority.
 */
function needsOther({ name }: NodePlacement, { record: { spec, unfinished } }: UpFacts): boolean {
  if (unfinished?.joining?.includes(name)) return true;
  const isMoving = (unfinished?.moves?.length ?? 0) > 0 || unfinished?.remaking === true;
  return isMoving && !spec.security.givenCertificate;
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

/**
 * A node's directories, its certificate and its conf, as far as they are not there yet. None for a process
 * that goes on without its directory: a new one of that name is not the one that it writes into.
 */
export function fileSteps(node: NodePlacement, facts: UpFacts): Step[] {
  if (facts.bare?.has(node.name) && goesOn(node, facts)) return [];
  const owner = facts.chown ? { owner: facts.user } : {};
  const base = `${facts.directory}/${node.folder}`;
  const isVolume = facts.record.placement.storage === 'volume';
  // A volume is a directory already; one that is missing in the container that files pass through
  // would need another such container.
  const first = isVolume ? [] : [''];
  const before = isVolume ? ['record', ...allVolumes(facts)] : [`directory:${node.name}`];
  // A container that exists has its directories mounted, unless somebody has removed them.
  const aside = asideSteps(node, facts);
  const isBare = facts.bare?.has(node.name) === true || aside.length > 0;
  const isThere = facts.containers.has(node.name) && !isBare;
  const needed = isThere ? [] : [...first, '/conf', '/data'];
  const directories = needed.map((part): Step => {
    const after = part === '' ? ['record'] : [...before, ...aside.map(({ id }) => id)];
    const id = `directory:${node.name}${part}`;
    return { kind: 'make-directory', id, after, path: `${base}${part}`, mode: 0o700, ...owner };
  });
  return [
    ...aside,
    ...directories,
    ...certificateSteps(node, facts, owner),
    ...confSteps(node, facts, owner),
    ...settingsSteps(node, facts),
  ];
}

/** What a reset takes away from a node. */
export function emptySteps(node: NodePlacement, facts: UpFacts): Step[] {
  if (!facts.record.unfinished?.resetting) return [];
  const owner = facts.chown ? { owner: facts.user } : {};
  const path = `${facts.directory}/${node.folder}/data`;
  const after = [`directory:${node.name}/data`, ...endOf(node)];
  const id = `empty:${node.name}`;
  return [{ kind: 'empty-directory', id, after, path, mode: 0o700, ...owner }];
}
