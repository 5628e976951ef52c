import type { Context } from '../flow/context.js';
import type { Pending } from '../flow/pending.js';
import { cacheHome, dataHome, stateHome } from '../host/data-home.js';
import type { RsentError } from '../model/errors.js';
import type { Arguments } from './options.js';

/** One run of the command line: how it is told to stop and how it will exit. */
export interface Session {
  readonly signal: AbortSignal;
  exitCode: number;
  /** True while an interruption only ends the looking: there is nothing to clean up. */
  onlyLooking: boolean;
  /** Takes the signals while a command of the user's runs: they are meant for that. */
  onSignal?: (signal: NodeJS.Signals) => void;
  /** What is begun and not ended. */
  readonly pending: Pending;
  /** Aborts the signal with a reason. */
  readonly giveUp: (reason: RsentError) => void;
  /** True once all is said, and only the endings are left. */
  isTold: boolean;
  /** What is to be let go at the end, however it ends. */
  readonly endings: (() => Promise<void>)[];
  /** Told of each step of a plan, by whoever runs rsent as a part of something larger. */
  readonly onStep?: NonNullable<Context['onStep']>;
}

/** Where topologies keep conf and data, as this command line says. */
export function homeOf(args: Arguments): string {
  const flag = args['dataDir'];
  return dataHome(typeof flag === 'string' ? flag : undefined, process.env);
}

/** How a verb runs. */
export interface Running {
  /** It takes minutes: what it is doing is told on stderr, with --json too. */
  readonly isLong?: boolean;
}

/** Load the engine and open what a verb needs. Only verbs that talk to an engine pay for it. */
export async function openContext(
  session: Session,
  args: Arguments,
  { isLong = false }: Running = {},
): Promise<Context> {
  const [{ connectDocker }, { createProgress }, { Files }] = await Promise.all([
    import('../engine/docker/docker-engine.js'),
    import('./progress.js'),
    import('../flow/files.js'),
  ]);
  const home = homeOf(args);
  const [engine, progress] = await Promise.all([
    connectDocker(),
    createProgress(args['json'] === true && !isLong),
  ]);
  const files = new Files(engine, home);
  session.endings.push(() => files.close());
  return {
    engine,
    home,
    files,
    cache: cacheHome(process.env),
    state: stateHome(process.env),
    progress,
    signal: session.signal,
    pending: session.pending,
    giveUp: session.giveUp,
    ...(session.onStep === undefined ? {} : { onStep: session.onStep }),
  };
}
