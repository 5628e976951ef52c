import type { TopologySpec } from './spec.js';

/** How many keys a database holds. */
export interface DatabaseCount {
  readonly db: number;
  readonly keys: number;
  /** Those of them that may go by themselves: they, or fields of them, have a time to live. */
  readonly volatile: number;
}

/** What lies beside the dump in a backup: where it is from, and what must be found in it again. */
export interface BackupManifest {
  readonly schemaVersion: 1;
  readonly kind: 'rsent-backup';
  readonly topology: string;
  /** When the server began to save (ISO 8601, UTC). */
  readonly at: string;
  readonly server: { readonly product: 'redis' | 'valkey'; readonly version: string };
  readonly node: { readonly name: string; readonly role: 'master' | 'replica' };
  readonly replication: {
    readonly id: string;
    /** Of the data that was saved. */
    readonly offset: number;
    /** What the master had when the backup was asked for; the saved one is no less. */
    readonly masterOffset: number;
  };
  readonly databases: readonly DatabaseCount[];
  readonly dump: DumpFacts;
  /** What was asked for the topology. Passwords and keys are no part of a spec. */
  readonly spec: TopologySpec;
}

export interface DumpFacts {
  readonly bytes: number;
  readonly sha256: string;
  /** Its first nine bytes, such as REDIS0010. */
  readonly format: string;
}

/** Where the data of a new topology comes from: a backup, or a dump as a server writes it. */
export interface DumpSource {
  readonly dump: DumpFacts;
  /** Who has written it. */
  readonly server: { readonly product: 'redis' | 'valkey'; readonly version: string };
  /** Absent where nobody has counted the keys. */
  readonly databases?: readonly DatabaseCount[];
}

/** What a record says as long as the data that it was made for is not in place. */
export interface Restoring {
  /** Path of the backup, as the user called it. */
  readonly from: string;
  readonly sha256: string;
  /** Absent where nobody has counted the keys. */
  readonly databases?: readonly DatabaseCount[];
}
