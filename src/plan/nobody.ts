import type { NodePlacement } from '../model/topology.js';

/** Nobody can be master: starting anybody could cost data. */
export interface Nobody {
  readonly is: 'nobody';
  readonly why: string;
  readonly fix: string;
  /** The nodes whose answers would decide it. */
  readonly unasked?: readonly Pick<NodePlacement, 'name' | 'address'>[];
}

/** The files of the last master were cut, or are older, and nothing shows how far others go. */
export function lessThanAtRest(master: string, others: readonly string[]): Nobody {
  const [verb, them] = others.length === 1 ? ['has', 'it'] : ['have', 'them'];
  return {
    is: 'nobody',
    why: `the files of ${master}, the master, are older or shorter than noted when all was well, ${others.join(' and ')} still ${verb} data of then, and ${master} would empty ${them}`,
    fix: decide(master, others),
  };
}

/** What happened to the files of the last master, and either way on. */
function decide(master: string, others: readonly string[]): string {
  return `Its file was cut, or is an older copy. Decide whose data counts. That of ${others[0]}: rsent up NAME --rebuild ${master}. That of ${master}: rsent up NAME --rebuild ${others.join(',')}. What is replaced is set aside, and kept.`;
}

/** Others have commands that the last master does not have. */
export function lackingCommands(master: string, others: readonly string[]): Nobody {
  const names = others.join(' and ');
  const [verb, them] = others.length === 1 ? ['has', 'it'] : ['have', 'them'];
  return {
    is: 'nobody',
    why: `${names} ${verb} commands that the append-only file of ${master}, the master, does not have, and ${master} would take them from ${them}`,
    fix: decide(master, others),
  };
}

/** No file is left of what was there. */
export function allGone(): Nobody {
  return {
    is: 'nobody',
    why: 'no data node has any data file left, and all of them had some',
    fix: 'Put the data directories back, or have it start with nothing: rsent reset NAME.',
  };
}
