import type { ClientReport } from '../../src/model/client.js';
import type { Expected, How, Phase, RoleSpan, Silence } from '../../src/model/drill.js';

/** The JSON documents that the CLI promises, as its users read them. */
export interface UpDocument {
  readonly schemaVersion: 1;
  readonly healthy: boolean;
  readonly changed: boolean;
  readonly master: { readonly node: string; readonly address: string };
  readonly nodes: readonly {
    readonly name: string;
    readonly kind: 'redis' | 'sentinel';
    readonly role: string;
    readonly address: string;
    readonly published: string;
    readonly container: string;
  }[];
}

export interface StatusDocument {
  readonly schemaVersion: 1;
  readonly topology: string;
  readonly masterName: string;
  readonly state: 'healthy' | 'degraded' | 'down';
  readonly healthy: boolean;
  readonly master: { readonly node: string; readonly address: string } | null;
  readonly nodes: readonly {
    readonly name: string;
    readonly role: string;
    readonly container: string;
    readonly running: boolean;
    readonly published: string;
    readonly link: string | null;
    readonly lagBytes: number | null;
  }[];
  readonly sentinels: readonly {
    readonly name: string;
    readonly container: string;
    readonly running: boolean;
    readonly published: string;
    readonly sees: {
      readonly master: string | null;
      readonly replicas: number;
      readonly sentinels: number;
      readonly quorum: string;
      readonly epoch: number;
    } | null;
  }[];
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly subject: string;
    readonly saw: string;
    readonly expected: string;
    readonly fix: string;
    readonly followsFrom?: string;
    readonly cause: string | null;
    readonly follows: readonly string[];
  }[];
}

export interface DoctorDocument {
  readonly schemaVersion: 1;
  readonly subject: string;
  readonly healthy: boolean;
  readonly masters: readonly {
    readonly name: string;
    readonly servers: readonly {
      readonly name: string;
      readonly kind: 'redis' | 'sentinel';
      readonly address: string;
      readonly answered: boolean;
      readonly member: boolean;
    }[];
  }[];
  readonly findings: readonly {
    readonly code: string;
    readonly severity: 'error' | 'warning';
    readonly masterName: string;
    readonly subject: string;
    readonly cause: string | null;
    readonly follows: readonly string[];
    readonly saw: string;
    readonly why: string;
    readonly expected: string;
    readonly fix: string;
    readonly threads: readonly string[];
  }[];
}

export interface DrillDocument {
  readonly schemaVersion: 1;
  readonly how: How;
  readonly targets: readonly string[];
  readonly oldMaster: string;
  readonly promoted: string | null;
  readonly expected: Expected;
  readonly promotions: number;
  readonly zero: 'connection closed' | 'engine answered' | 'asked';
  readonly steps: readonly {
    readonly step: number;
    readonly name: string;
    readonly atMs: number;
    readonly events: readonly { readonly event: string; readonly sentinel: string }[];
  }[];
  readonly timingsMs: Readonly<Record<string, number>>;
  readonly phases: readonly Phase[];
  readonly roles: readonly RoleSpan[];
  readonly faultEndedMs?: number;
  readonly silences: readonly Silence[];
  readonly client: ClientReport | null;
  readonly failure?: string;
  readonly verdict: { readonly state: string; readonly healthy: boolean };
  readonly complaints: readonly string[];
  readonly passed: boolean;
}

export interface CampaignDocument {
  readonly schemaVersion: 1;
  readonly runs: readonly {
    readonly title: string;
    readonly report: DrillDocument | null;
    readonly error: string | null;
  }[];
  readonly passed: boolean;
}

export interface ErrorDocument {
  readonly schemaVersion: 1;
  readonly error: { readonly kind: string; readonly message: string; readonly hint: string | null };
}

export interface ConnectDocument {
  readonly schemaVersion: 1;
  readonly topology: string;
  readonly client: string;
  readonly masterName: string;
  readonly sentinels: readonly string[];
  readonly user: string | null;
  readonly passwordFile: string | null;
  readonly authorityFile: string | null;
  readonly checkNames: boolean;
  readonly text: string;
}

export interface ExportDocument {
  readonly schemaVersion: 1;
  readonly topology: string;
  readonly directory: string;
  readonly files: readonly string[];
  readonly masterName: string;
  readonly sentinels: readonly string[];
  readonly user: string | null;
  readonly passwordFile: string | null;
  readonly authorityFile: string | null;
}

interface PruneThing {
  readonly kind: string;
  readonly name: string;
  readonly topology: string | null;
  readonly why: string;
}

/** What `prune --json` prints. */
export interface PruneDocument {
  readonly schemaVersion: 1;
  readonly found: readonly (PruneThing & {
    readonly state: string | null;
    readonly bytes: number | null;
  })[];
  readonly removed: readonly PruneThing[];
  readonly kept: readonly PruneThing[];
  readonly failed: readonly PruneThing[];
}
