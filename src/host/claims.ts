import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { codeOf } from '../model/errors.js';

/**
 * What this rsent is about to take and nobody can see yet, so that no other rsent on this host takes
 * it meanwhile, whoever runs it and wherever its data is. A claim keeps the thing itself free: the
 * engine is to get it. It ends with the process at the latest.
 */
export class Claims {
  readonly #held = new Map<string, Server>();

  /**
   * @param what names the thing; every rsent must name it alike
   * @returns false when somebody else has claimed it; true where no kernel can tell
   */
  async claim(what: string): Promise<boolean> {
    // Names that are no files are Linux' own (unix(7), "abstract").
    if (this.#held.has(what) || process.platform !== 'linux') return true;
    const server = createServer().unref();
    const failure = await listening(server, nameOf(what));
    if (failure === undefined) this.#held.set(what, server);
    return failure !== 'EADDRINUSE';
  }

  /** Let all go. */
  release(): void {
    for (const server of this.#held.values()) server.close();
    this.#held.clear();
  }
}

/** The name of a socket has room for 107 bytes. */
function nameOf(what: string): string {
  return `\0rsent-${createHash('sha256').update(what).digest('hex')}`;
}

/** @returns the code of the error that kept it from listening, if any */
function listening(server: Server, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(codeOf(error) ?? error.message));
    server.listen({ path }, () => resolve(undefined));
  });
}
