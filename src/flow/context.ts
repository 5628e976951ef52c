import type { Engine } from '../engine/engine.js';
import { type Owner, REDIS_USER } from '../model/container.js';
import type { RsentError } from '../model/errors.js';
import type { Step } from '../model/plan.js';
import type { Placement } from '../model/topology.js';
import type { Files } from './files.js';
import type { Pending } from './pending.js';

/** What every verb is handed: its doors to the outside, and how it is told to stop. */
export interface Context {
  readonly engine: Engine;
  /** Where topologies keep conf and data. */
  readonly home: string;
  /** Where facts that can be found out again are kept. */
  readonly cache: string;
  /** Where facts are kept that are of this user of this machine. */
  readonly state: string;
  /** The files of topologies, wherever these keep them. */
  readonly files: Files;
  readonly progress: Progress;
  /** Aborted when the user interrupts, or with a reason by `giveUp`. */
  readonly signal: AbortSignal;
  /** What is begun and not ended. */
  readonly pending?: Pending;
  /** End this run for a reason that is not the user's: nothing is undone then. */
  readonly giveUp?: (reason: RsentError) => void;
  /** Told of each step of a plan as it begins and as it is done. */
  readonly onStep?: (step: Step, moment: 'begins' | 'done') => void;
}

/** How a verb tells what it is doing, while it does it. */
export interface Progress {
  /** A new stage begins; the one before it is done. */
  stage(text: string): void;
  /** More about the present stage; replaces what was said before. */
  detail(text: string): void;
  /** The present stage is done; the text replaces its own. */
  done(text?: string): void;
  /** The present stage failed. */
  failed(text?: string): void;
  /** Something to know, apart from the stages. */
  note(text: string): void;
  warn(text: string): void;
}

/** Whom the containers run as, and whether files must be handed over to them. */
export interface Identity {
  readonly user: Owner;
  readonly chown: boolean;
}

/**
 * On this machine the caller, so that the files belong to a person who can delete them; never
 * root. In a volume nobody of this machine means anything, and all of it is handed over.
 */
export function identityFor({ storage }: Pick<Placement, 'storage'>): Identity {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  if (storage === 'volume') return { user: REDIS_USER, chown: true };
  if (uid === undefined || gid === undefined) return { user: REDIS_USER, chown: false };
  return uid === 0 ? { user: REDIS_USER, chown: true } : { user: { uid, gid }, chown: false };
}
