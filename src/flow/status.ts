import { masterOf } from '../health/judge.js';
import type { Observation } from '../model/observation.js';
import type { Address } from '../model/topology.js';
import type { Expectation, Verdict } from '../model/verdict.js';
import type { Context } from './context.js';
import { findKnown } from './find.js';
import type { Target } from './observe.js';
import { observerOf } from './targets.js';
import { judgeNow, soak } from './verify.js';

export interface StatusResult {
  readonly topology: string;
  readonly masterName: string;
  readonly expectation: Expectation;
  readonly targets: readonly Target[];
  readonly observation: Observation;
  readonly verdict: Verdict;
  readonly master?: { readonly node: string; readonly address: Address };
}

export interface StatusOptions {
  /** Watch two hello periods for anything that moves. */
  readonly deep: boolean;
  /** Have every Sentinel save its conf, which proves that it can. */
  readonly flush: boolean;
}

/**
 * The truth about a topology at this moment.
 * @throws RsentError `topology` when there is none of that name, `engine` when it does not answer
 */
export async function status(
  context: Context,
  name: string,
  options: StatusOptions,
): Promise<StatusResult> {
  const known = await findKnown(context, name);
  const { expectation, targets, observer } = observerOf(context, known);
  try {
    const look = { flush: options.flush, files: true };
    let judged = await judgeNow(observer, expectation, context.signal, look);
    if (options.deep) {
      context.progress.stage('Watching two hello periods for anything that moves');
      judged = await soak(observer, expectation, judged, context.signal, look);
      context.progress.done();
    }
    const node = masterOf(expectation, judged.observation);
    const master = targets.find((target) => target.name === node);
    return {
      topology: name,
      masterName: expectation.masterName,
      expectation,
      targets,
      ...judged,
      ...(master === undefined ? {} : { master: { node: master.name, address: master.address } }),
    };
  } finally {
    observer.close();
  }
}
