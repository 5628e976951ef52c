import { RsentError } from '../model/errors.js';
import type { PortChoice } from '../model/spec.js';

/** A port in use on this host, and by whom as far as that can be told. */
export interface TakenPort {
  readonly port: number;
  readonly holder: string;
}

export interface PortNeed {
  readonly choice: PortChoice;
  readonly count: number;
  /** The flag that names the first port. */
  readonly flag: string;
}

/**
 * The ports to publish: from the first one on, stepping over the taken ones unless the user
 * named the first port.
 * @throws RsentError `topology` naming every taken port and its holder when the user named it
 */
export function choosePorts(need: PortNeed, taken: readonly TakenPort[]): number[] {
  const holders = new Map(taken.map(({ port, holder }) => [port, holder]));
  if (need.choice.named) return namedPorts(need, holders);
  const ports: number[] = [];
  for (let port = need.choice.first; port <= 65535 && ports.length < need.count; port++) {
    if (!holders.has(port)) ports.push(port);
  }
  if (ports.length === need.count) return ports;
  throw new RsentError(
    'topology',
    `Fewer than ${need.count} ports are free from ${need.choice.first} on.`,
    {
      hint: `Name a first port with ${need.flag}.`,
    },
  );
}

function namedPorts(need: PortNeed, holders: ReadonlyMap<number, string>): number[] {
  const ports = Array.from({ length: need.count }, (_, i) => need.choice.first + i);
  const clashes = ports.filter((port) => holders.has(port));
  if (clashes.length === 0) return ports;
  const lines = clashes.map((port) => `  - port ${port} is held by ${holders.get(port)}`);
  throw new RsentError(
    'topology',
    `${need.flag} ${need.choice.first} needs ${need.count} free ports from there on:\n${lines.join('\n')}`,
    {
      hint: `Free them, name another first port, or leave ${need.flag} out to get the next free ones.`,
    },
  );
}
