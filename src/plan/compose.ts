import type {
  ComposeCondition,
  ComposeFile,
  ComposeNetwork,
  ComposeService,
} from '../model/compose.js';
import {
  type NodePlacement,
  ofKind,
  type Placement,
  sameAddress,
  type TopologyRecord,
} from '../model/topology.js';
import { healthCheck, SECRET } from './compose-health.js';
import { composeService, NETWORK } from './compose-service.js';
import { nodeContainer, podContainer } from './containers.js';
import type { UpFacts } from './up-facts.js';

/** Beside the file, wherever that is: Compose begins relative paths there. */
const HERE = '.';
const POD_SERVICE = 'pod';

/**
 * The record of a topology as it is exported: its files are always in directories, as no program
 * would put them into volumes; what a verb has left undone is not the export's.
 */
export function exportedRecord({ schemaVersion, spec, placement }: TopologyRecord): TopologyRecord {
  const { storage: _, ...elsewhere } = placement;
  return { schemaVersion, spec, placement: elsewhere };
}

/**
 * The same containers that `up` makes, started in the same order, for Compose to run.
 * @param facts those of an exported record
 */
export function composeFile(facts: UpFacts): ComposeFile {
  const { spec, placement } = facts.record;
  const { pod } = placement;
  const here = { ...facts, directory: HERE };
  const file: ComposeFile = {
    name: spec.name,
    services: {
      ...(pod === undefined ? {} : { [POD_SERVICE]: podService(pod, here) }),
      ...Object.fromEntries(placement.nodes.map((node) => [node.name, nodeService(node, here)])),
    },
    networks: { [NETWORK]: networkOf(placement) },
    ...(spec.security.auth ? { secrets: { [SECRET]: { file: `${HERE}/${SECRET}` } } } : {}),
  };
  return literal(file);
}

function podService(pod: string, facts: UpFacts): ComposeService {
  return composeService(podContainer(pod, facts), () => POD_SERVICE);
}

function nodeService(node: NodePlacement, facts: UpFacts): ComposeService {
  const { spec } = facts.record;
  const before = waitsFor(node, facts);
  return {
    ...composeService(nodeContainer(node, facts), () => POD_SERVICE),
    ...(spec.security.auth ? { secrets: [SECRET] } : {}),
    ...(before.length === 0 ? {} : { depends_on: Object.fromEntries(before) }),
    healthcheck: healthCheck(node, spec),
  };
}

/** Master, then replicas, then Sentinels, as `up` starts them. */
function waitsFor(
  node: NodePlacement,
  { record: { placement }, master }: UpFacts,
): [string, { condition: ComposeCondition }][] {
  const redis = ofKind(placement.nodes, 'redis');
  const isFirst = sameAddress(node.address, master);
  const first = redis.filter(({ address }) => sameAddress(address, master));
  const before = node.kind === 'sentinel' ? redis : isFirst ? [] : first;
  return [
    ...(placement.pod === undefined ? [] : [after(POD_SERVICE, 'service_started')]),
    ...before.map(({ name }) => after(name, 'service_healthy')),
  ];
}

function after(
  service: string,
  condition: ComposeCondition,
): [string, { condition: ComposeCondition }] {
  return [service, { condition }];
}

function networkOf({ joined, network, subnet }: Placement): ComposeNetwork {
  if (joined) return { name: network, external: true };
  return { driver: 'bridge', ipam: { config: [{ subnet }] } };
}

/** Compose replaces what follows a `$`; two of them stand for one. */
function literal<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('$', () => '$$') as T;
  if (Array.isArray(value)) return value.map(literal) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, literal(each)])) as T;
}
