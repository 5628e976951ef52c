import { BlockList, isIPv4 } from 'node:net';
import { addressText, type NodePlacement, type TopologyRecord } from '../model/topology.js';

/** What cannot be true of any topology: it would lead to what is not the topology's own. */
export function contradictionsIn({ spec, placement, unfinished }: TopologyRecord): string[] {
  const nodes = [...placement.nodes, ...(unfinished?.leaving ?? [])];
  const count = (kind: NodePlacement['kind']) =>
    placement.nodes.filter((node) => node.kind === kind).length;
  const [data, sentinels] = [count('redis'), count('sentinel')];
  const isSettled = unfinished === undefined;
  return [
    ...twice('name', nodes, ({ name }) => name),
    ...twice('folder', nodes, ({ folder }) => folder),
    ...twice('container', nodes, ({ container }) => container),
    ...twice('address', placement.nodes, ({ address }) => addressText(address)),
    ...twice('published address', placement.nodes, ({ published }) => addressText(published)),
    ...nodes.flatMap((node) => contradictionsOf(node)),
    ...outside(placement),
    ...(isSettled && data !== spec.replicas + 1
      ? [`it places ${data} data nodes, and should place ${spec.replicas + 1}`]
      : []),
    ...(isSettled && sentinels !== spec.sentinels
      ? [`it places ${sentinels} Sentinels, and should place ${spec.sentinels}`]
      : []),
  ];
}

function twice(
  what: string,
  nodes: readonly NodePlacement[],
  of: (node: NodePlacement) => string,
): string[] {
  const values = nodes.map(of);
  const again = values.filter((value, at) => values.indexOf(value) !== at);
  return [...new Set(again)].map((value) => `two nodes have the ${what} ${JSON.stringify(value)}`);
}

function contradictionsOf({ name, kind, address, published }: NodePlacement): string[] {
  return [
    ...(name.startsWith(`${kind}-`) ? [] : [`${name} is said to be a ${kind}`]),
    ...[address, published]
      .filter(({ ip, port }) => !isIPv4(ip) || port < 1 || port > 65535)
      .map((each) => `${name} has the address ${JSON.stringify(addressText(each))}, which is none`),
  ];
}

/** On a network of its own every node has an address of it. */
function outside({ form, joined, subnet, nodes }: TopologyRecord['placement']): string[] {
  const [base = '', bits = ''] = subnet.split('/');
  if (form !== 'bridge' || joined) return [];
  if (!isIPv4(base) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) {
    return [`its subnet is ${JSON.stringify(subnet)}, which is none`];
  }
  const inside = new BlockList();
  inside.addSubnet(base, Number(bits));
  return nodes
    .filter(({ address }) => isIPv4(address.ip) && !inside.check(address.ip))
    .map(({ name, address }) => `${name} has the address ${address.ip}, outside of ${subnet}`);
}
