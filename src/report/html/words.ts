import type { ClientSide } from '../../model/client.js';
import type { DrillReport, FaultKind, How, NodeRole, PhaseName } from '../../model/drill.js';
import { seconds } from '../text.js';

/** What each role means, for somebody who never saw Redis. */
export const ROLE_WORDS: Readonly<Record<NodeRole, string>> = {
  master: 'takes the writes',
  isolated: 'cut off from all but its own clients, and still believes to be master',
  replica: 'copies the master',
  syncing: 'fetches the data of its master first',
  sentinel: 'watches the master',
  down: 'not running',
  frozen: 'stopped in the middle of its work, answers nobody',
  cut: 'cut off from the network',
  silent: 'gave no answer',
};

/** What happens in each part of a failover, and what its length depends on. */
export const PHASE_WORDS: Readonly<Record<PhaseName, string>> = {
  detect:
    'Each Sentinel asks the master every second whether it is there. Only after a whole “down-after” without an answer does a Sentinel call it gone: a shorter one saves time here, and is sooner wrong.',
  agree:
    'One Sentinel may be mistaken. As many as the “quorum” says must miss the master before anything is done.',
  elect:
    'The Sentinels vote for one of them as leader, so that no two of them promote different replicas.',
  promote:
    'The leader picks the best replica (the one with the most data, where none is preferred), tells it to be master, and waits until it says that it is.',
  'client back':
    'The client asks the Sentinels who is master now, connects to it, and has a write acknowledged.',
  'old master in sync':
    'The old master comes back, becomes a replica of the new one and copies its data. Clients need not wait for this, but until then there is one copy less.',
};

/** Where each client of the probe stands, in a few words. */
export const SIDE_WORDS: Readonly<Record<ClientSide, string>> = {
  follower: 'follows the Sentinels',
  sticky: 'keeps the old address',
  isolated: 'inside the old master',
};

/** Where each client of the probe stands, in a sentence. */
export const SIDE_SENTENCES: Readonly<Record<ClientSide, string>> = {
  follower: 'asks the Sentinels who is master and goes there, as an application should.',
  sticky: 'keeps writing to the address of the old master, whatever the Sentinels say.',
  isolated: 'sits with the master that is cut off, and can reach nobody else.',
};

/** What the zero of all times is. */
export function zeroWords({ zero, targets, oldMaster }: DrillReport): string {
  const node = targets.includes(oldMaster) ? oldMaster : (targets[0] ?? oldMaster);
  switch (zero) {
    case 'connection closed':
      return `the moment in which the connection from rsent to ${node} broke`;
    case 'engine answered':
      return 'the moment in which the container engine had done what it was asked';
    case 'asked':
      return 'the moment in which the hand-over was begun';
  }
}

const DONE: Readonly<Record<FaultKind, string>> = {
  crash: 'killed without warning',
  shutdown: 'shut down in good order',
  hang: 'frozen: it kept its connections and answered nobody',
  partition: 'cut off from the network',
};

/** What the fault is called in a label. */
export const HOW_WORDS: Readonly<Record<How, string>> = {
  crash: 'crash',
  shutdown: 'shutdown',
  hang: 'hang',
  partition: 'cut off',
  manual: 'hand-over',
  plain: 'SENTINEL FAILOVER',
};

/** What was done, to whom, what came of it, and whether that is as it should be. */
export function headline(report: DrillReport): string {
  const verdict = report.passed ? 'The drill passed.' : 'The drill did not pass.';
  return [deed(report), outcome(report), writes(report), verdict].filter(Boolean).join(' ');
}

/** What became of the role of master, as an overview says it. */
export function happened({ promotions }: DrillReport): string {
  if (promotions === 0) return 'no failover';
  return promotions === 1 ? 'failover' : `${promotions} failovers`;
}

/** A count with its thousands apart. */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** A count with its noun: `1 write`, `1,200 writes`. */
export function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** A time since the fault, or before it: `3.20 s`, `−500 ms`. */
export function moment(ms: number): string {
  if (ms === 0) return '0 s';
  return ms < 0 ? `−${seconds(-ms)}` : seconds(ms);
}

/** The same in words: `3.20 s after the fault`. */
export function momentWords(ms: number): string {
  return `${seconds(Math.abs(ms))} ${ms < 0 ? 'before' : 'after'} the fault`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? 'nobody';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

function deed({ how, targets, oldMaster }: DrillReport): string {
  if (how === 'manual') return `${oldMaster} handed the role of master over, as planned.`;
  if (how === 'plain') return `A Sentinel was asked to replace ${oldMaster}, the master.`;
  const who = targets.map((name) => (name === oldMaster ? `${name} (the master)` : name));
  return `${listed(who)} ${targets.length > 1 ? 'were' : 'was'} ${DONE[how]}.`;
}

function outcome(report: DrillReport): string {
  const { promoted, promotions, oldMaster, expected, failure, timingsMs } = report;
  const often = promotions > 1 ? ` A replica was promoted ${promotions} times.` : '';
  if (promoted !== undefined) {
    const after = timingsMs.promoted === undefined ? '' : ` ${seconds(timingsMs.promoted)} later`;
    const surprise = expected === 'no failover' ? ', which should not have happened' : '';
    return `${promoted} took over as master${after}${surprise}.${often}`;
  }
  if (promotions > 0) return `In the end ${oldMaster} is master again.${often}`;
  if (expected === 'no failover') return `As it should be, ${oldMaster} stayed master.`;
  const why = failure === undefined ? '' : `: ${failure}`;
  return `No replica took over${why}. ${oldMaster} is still the master.`;
}

function writes({ client }: DrillReport): string {
  if (client === undefined) return '';
  const { lost, acknowledged } = client.total;
  if (lost === 0) return `None of ${counted(acknowledged, 'acknowledged write')} was lost.`;
  const were = lost === 1 ? 'was' : 'were';
  return `${count(lost)} of ${counted(acknowledged, 'acknowledged write')} ${were} lost.`;
}
