import { Session } from 'node:inspector';

/** Of a script, how often each of its blocks was run (Profiler.takePreciseCoverage). */
interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
}

/**
 * Counts the work of code under src: how often its blocks are run, as the engine of JavaScript counts
 * them itself. It is the same on a slow machine and on a fast one. Only code that is compiled later
 * than this is counted: import it after. What built-in functions do is not in it; they are linear, and
 * test/hostile/regexes.test.ts looks at the expressions.
 */
export class Steps {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** How many steps this takes. */
  of(act: () => void): number {
    this.#taken();
    act();
    return this.#taken();
  }

  end(): void {
    this.#post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  #taken(): number {
    const { result } = this.#post('Profiler.takePreciseCoverage') as { result: Script[] };
    return result
      .filter(({ url }) => /\/src\//.test(url) && !/node_modules/.test(url))
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
      .reduce((sum, { count }) => sum + count, 0);
  }

  /** A session in the same thread answers before it returns. */
  #post(method: string, params: object = {}): unknown {
    let answer: unknown;
    this.#session.post(method, params, (error, result) => {
      if (error) throw error;
      answer = result;
    });
    return answer;
  }
}
