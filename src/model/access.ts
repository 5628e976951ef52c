/** Who one says one is to a server. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

/** What rsent itself needs to be let in, by kind of node. Never part of a plan or a report. */
export interface Access {
  readonly redis: Credentials;
  readonly sentinel: Credentials;
}

/** For a topology that lets everyone in. */
export const OPEN_ACCESS: Access = { redis: {}, sentinel: {} };

/** One password for all nodes. */
export function passwordAccess(password: string): Access {
  return { redis: { password }, sentinel: { password } };
}
