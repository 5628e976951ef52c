import type { Account } from './rights.js';

/** What a server of either kind says of itself. */
export interface ServerFacts {
  /** `redis` or `valkey`, as the server says of itself. */
  readonly product: 'redis' | 'valkey';
  readonly version: string;
  readonly runId: string;
  readonly uptimeMs: number;
}

/** A permission that a user of the ACL lacks, in the words of ACL SETUSER without the plus; `on`: to log in. */
export interface Denied {
  readonly user: Account;
  readonly permission: string;
}

/** A user as a server describes it (ACL LIST), without its passwords. */
export interface UserFacts {
  readonly name: string;
  readonly isOn: boolean;
  readonly needsPassword: boolean;
  /** How many passwords open it. */
  readonly passwords: number;
  readonly keys: readonly string[];
  /** Absent before 6.2, which has no rights to channels. */
  readonly channels?: readonly string[];
  readonly commands: readonly string[];
  /** Further sets of rights (7.0), as they are written; '' for none. */
  readonly selectors: string;
}

/** What a server says of its users; absent where it does not tell. */
export interface AccessFacts {
  /** What users lack that nodes and client libraries need. */
  readonly denied?: readonly Denied[];
  /** What the application's user lacks besides: commands that work on data. */
  readonly curtailed?: readonly Denied[];
  /** What users may do that rsent does not let them. */
  readonly excess?: readonly Denied[];
  /** Commands that Sentinels or replicas send, and that the server has not by that name. */
  readonly renamed?: readonly string[];
  readonly users?: readonly UserFacts[];
  /** Passwords on it that are not the topology's, a name each; absent where none was compared. */
  readonly otherPasswords?: readonly string[];
}

/** Commands that a server did not answer, as the one who asks may not use them or it has none such. */
export interface Untold {
  readonly commands: readonly string[];
  /** In the server's words. */
  readonly why: string;
  /** The user lacks a right; else the server has no such command. */
  readonly isForbidden: boolean;
}
