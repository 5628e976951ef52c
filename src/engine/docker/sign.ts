import type { EngineFailure } from '../engine.js';

/** What the engine's words mean, in words for people. */
export interface Meaning {
  readonly failure: EngineFailure;
  /** Completes "Docker could not do it: …", without a full stop. */
  readonly sentence: string;
  /** What to do next. */
  readonly hint: string;
}

/** Words of the engine, and what they mean. */
export interface Sign {
  /** The engine's own words: moby 20.10 to 28, Docker Desktop, podman where it speaks otherwise. */
  readonly words: RegExp;
  readonly failure?: EngineFailure;
  readonly sentence: string | ((match: RegExpExecArray) => string);
  readonly hint: string | ((match: RegExpExecArray) => string);
}
