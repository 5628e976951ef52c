/** The engine has not answered a request in time. */
export class Silence extends Error {
  /** How long it was waited for (ms). */
  readonly afterMs: number;
  /** True when it answered others meanwhile. */
  readonly isAlive: boolean;

  constructor(afterMs: number, isAlive: boolean) {
    super(`no answer for ${afterMs} ms`);
    this.name = 'Silence';
    this.afterMs = afterMs;
    this.isAlive = isAlive;
  }
}

/** Nobody has taken the connection in time, and nobody has refused it. */
export class Swallowed extends Error {
  /** How long it was waited for (ms). */
  readonly afterMs: number;
  /** False where not even the name of the machine was looked up by then. */
  readonly hasAddress: boolean;

  constructor(afterMs: number, hasAddress: boolean) {
    super(`no connection for ${afterMs} ms`);
    this.name = 'Swallowed';
    this.afterMs = afterMs;
    this.hasAddress = hasAddress;
  }
}
