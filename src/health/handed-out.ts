import type { NodeObservation } from '../model/observation.js';
import { type Address, addressText } from '../model/topology.js';
import type { ExpectedNode } from '../model/verdict.js';

/** An address to dial, and the Sentinels that hand it out. */
export interface HandedOut {
  readonly address: Address;
  readonly by: readonly string[];
}

/**
 * Every address that any Sentinel hands out: the master, replicas and other Sentinels; and that of
 * each Sentinel, as one without peers is in nobody's list. The address of a node that did not
 * answer at all is left out: that is a fault of the node, told once.
 */
export function handedOut(
  expected: readonly ExpectedNode[],
  nodes: readonly NodeObservation[],
): HandedOut[] {
  const found = new Map<string, { address: Address; by: string[] }>();
  for (const { address, by } of [...toldBySentinels(nodes), ...themselves(expected)]) {
    const key = addressText(address);
    const entry = found.get(key) ?? { address, by: [] };
    if (!entry.by.includes(by)) entry.by.push(by);
    found.set(key, entry);
  }
  const silent = new Set(
    expected
      .filter(({ name }) => !nodes.some((node) => node.name === name && node.answer.reached))
      .map(({ address }) => addressText(address)),
  );
  return [...found].filter(([key]) => !silent.has(key)).map(([, each]) => each);
}

interface Told {
  readonly address: Address;
  readonly by: string;
}

function toldBySentinels(nodes: readonly NodeObservation[]): Told[] {
  return nodes.flatMap((node): Told[] => {
    if (node.kind !== 'sentinel' || !node.answer.reached) return [];
    const { handsOut, replicas, peers } = node.answer.facts;
    const members = [...replicas, ...peers].map(({ address }) => address);
    const all = handsOut === undefined ? members : [handsOut, ...members];
    return all.map((address) => ({ address, by: node.name }));
  });
}

function themselves(expected: readonly ExpectedNode[]): Told[] {
  return expected
    .filter(({ kind }) => kind === 'sentinel')
    .map(({ name, address }) => ({ address, by: name }));
}
