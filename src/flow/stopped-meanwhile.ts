import { RsentError } from '../model/errors.js';
import type { Observation } from '../model/observation.js';

/**
 * A container that ran when the plan was made is stopped: by a person, or by the engine, which still
 * carried out what an rsent that was killed had asked for. A plan of what is there now starts it again.
 */
export class StoppedMeanwhile extends RsentError {
  constructor(names: readonly string[]) {
    const are = names.length === 1 ? 'was' : 'were';
    super('unhealthy', `${names.join(', ')} ${are} stopped by somebody else meanwhile.`, {
      hint: 'Let nobody stop containers while rsent brings them up, and run the same again.',
    });
  }
}

/**
 * Look in each round whether somebody has stopped what ran before.
 * @param ran names of the nodes whose containers ran when the plan was made
 * @returns a check that throws `StoppedMeanwhile`
 */
export function stoppedCheck(ran: readonly string[]): (observation: Observation) => void {
  return ({ nodes }) => {
    const stopped = nodes.filter(({ name, container }) => {
      return container === 'exited' && ran.includes(name);
    });
    if (stopped.length > 0) throw new StoppedMeanwhile(stopped.map(({ name }) => name));
  };
}
