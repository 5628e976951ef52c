import type { Credentials } from '../../model/access.js';
import type { ProbeCost, ProbeRead, ProbeWrite } from '../../model/client.js';
import type { Address } from '../../model/topology.js';

/** What the probe's process is told to do. */
export interface ProbeOrder {
  /** A key is this, the client's side and the write's number. */
  readonly keyPrefix: string;
  /** The application's, for data nodes and Sentinels. */
  readonly credentials: Credentials;
  readonly masterName: string;
  /** Where the Sentinels are asked. */
  readonly sentinels: readonly Address[];
  /** Where the sticky client stays. */
  readonly oldMaster: Address;
  /** Whom an address belongs to. */
  readonly nodes: readonly { readonly name: string; readonly addresses: readonly Address[] }[];
  /** Where this host calls what Sentinel hands out, `ip:port` to address; absent: right there. */
  readonly routes?: Readonly<Record<string, Address>>;
  readonly ratePerS: number;
  /** Replicas that must have a write before it counts; 0: none. */
  readonly wait: number;
  /** How long its keys live. */
  readonly expiryS: number;
  /** False where there is no replica to read through. */
  readonly reads: boolean;
}

/** Parent to probe. */
export type Told = { readonly order: ProbeOrder } | { readonly stop: true };

/** Probe to parent. */
export type Heard =
  | { readonly writes: readonly ProbeWrite[]; readonly reads: readonly ProbeRead[] }
  | { readonly cost: ProbeCost };
