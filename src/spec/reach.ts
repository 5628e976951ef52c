import { LOOPBACK } from '../model/constants.js';
import type { NodeChoices, Reach, TopologySpec } from '../model/spec.js';
import { isLoopback, type NodeKind, podName, usualNames } from '../model/topology.js';
import type { SpecInput } from './fields.js';

type Where = (key: keyof SpecInput) => string;

/** Where the clients are, as far as the user said it. */
export function reachOf({ clients, network, address, join }: SpecInput): Reach {
  return {
    clients: clients ?? 'host',
    ...(network === undefined ? {} : { network }),
    ...(address === undefined ? {} : { address }),
    ...(join === undefined ? {} : { join }),
  };
}

/** What of it cannot be, a line each. */
export function reachProblems(spec: TopologySpec, input: SpecInput, where: Where): string[] {
  const { clients, network, address, join } = spec.reach;
  const problems: string[] = [];
  if (clients === 'lan' && address === undefined) {
    problems.push(
      `${where('clients')} is lan, and there is no address; legal is --address with the IPv4 address of the engine’s host that other machines call`,
    );
  }
  if (clients === 'lan' && (network === 'bridge' || network === 'pod')) {
    problems.push(
      `${where('network')} is ${network}, which other machines cannot reach; legal for clients lan is announce`,
    );
  }
  if (clients === 'containers' && (network === 'pod' || network === 'announce')) {
    problems.push(
      `${where('network')} is ${network}; legal for clients containers is bridge, which gives every node an address of its own`,
    );
  }
  if (join !== undefined && clients !== 'containers') {
    problems.push(`${where('join')} is ${join}; legal is it with --clients containers only`);
  }
  return [...problems, ...addressProblems(spec, input, where)];
}

function addressProblems({ reach, security }: TopologySpec, input: SpecInput, where: Where) {
  const { clients, network, address } = reach;
  const problems: string[] = [];
  if (
    address !== undefined &&
    (clients === 'containers' || network === 'pod' || network === 'bridge')
  ) {
    problems.push(
      `${where('address')} is ${address}; legal is one with --clients host or lan, which announce it`,
    );
  }
  if (address !== undefined && (address === '0.0.0.0' || isLoopback(address))) {
    problems.push(
      `${where('address')} is ${address}; legal is an address that is the same for every client and every node, so neither 0.0.0.0 nor 127.0.0.1, which each container takes for itself`,
    );
  }
  if (address !== undefined && !security.auth) {
    problems.push(
      `${where('address')} is ${address}, where others can reach the ports, and there is no password; an open Redis is found and abused within hours: add --auth`,
    );
  }
  const own = address ?? LOOPBACK;
  if (input.publish !== undefined && publishes(reach) && input.publish !== own) {
    problems.push(
      `${where('publish')} is ${input.publish}, but in this form nodes are published where they are known: ${own}; leave it out`,
    );
  }
  return problems;
}

/** True where the form itself says where nodes are published. */
function publishes({ clients, network, address }: Reach): boolean {
  return clients === 'lan' || network === 'pod' || network === 'announce' || address !== undefined;
}

/** Names in a topology's directory that are not a node's. */
const RESERVED = /^password/;

/** What of nodes that are described one by one cannot be, a line each. */
export function nodeProblems(
  { nodes, ...spec }: TopologySpec,
  input: SpecInput,
  where: Where,
): string[] {
  if (nodes === undefined) return [];
  const problems: string[] = [];
  const counts = [
    ['redis', nodes.redis.length, spec.replicas + 1, 'replicas'],
    ['sentinel', nodes.sentinel.length, spec.sentinels, 'sentinels'],
  ] as const;
  for (const [kind, described, wanted, key] of counts) {
    if (described <= wanted) continue;
    problems.push(
      `${where('nodes')} describes ${described} ${kind} nodes, but ${where(key)} is ${input[key]}, which makes ${wanted}`,
    );
  }
  problems.push(...clashes(spec, nodes).map((clash) => `${where('nodes')} ${clash}`));
  for (const { directory } of [...nodes.redis, ...nodes.sentinel]) {
    if (directory === undefined || !RESERVED.test(directory)) continue;
    problems.push(
      `${where('nodes')} has a directory ${directory}; names that begin so are rsent’s own`,
    );
  }
  return problems;
}

/** What two nodes would share; those that the user gave no names have their usual ones. */
function clashes(
  { name, replicas, sentinels }: Pick<TopologySpec, 'name' | 'replicas' | 'sentinels'>,
  nodes: NodeChoices,
): string[] {
  const named = (kind: NodeKind, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      ...usualNames(name, kind, i),
      ...nodes[kind][i],
    }));
  const all = [...named('redis', replicas + 1), ...named('sentinel', sentinels)];
  const ports = [...nodes.redis, ...nodes.sentinel].flatMap(({ port }) => port ?? []);
  // Some file systems take names that differ in case for the same.
  const folders = all.map(({ directory }) => directory.toLowerCase());
  const containers = [...all.map(({ container }) => container), podName(name)];
  return [
    ...twice(ports).map((port) => `gives the port ${port} to two nodes`),
    ...twice(containers).map((container) => `gives the container ${container} to two nodes`),
    ...twice(folders).map((folder) => `gives the directory ${folder} to two nodes`),
  ];
}

function twice<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) !== i))];
}
