import { ruleFor } from '../../health/no-answers.js';
import { reachedOnlyHere } from '../../host/network.js';
import { RsentError } from '../../model/errors.js';
import { shown } from '../../model/shown.js';
import { type Address, addressText, fromHere, sameAddress } from '../../model/topology.js';
import type { Context } from '../context.js';
import { findKnown } from '../find.js';
import { status } from '../status.js';
import { type Examined, examine } from './examine.js';
import { type DoorKeys, Visitor } from './visitor.js';

/** What the doctor has found, of each master that was looked at. */
export interface DoctorResult {
  /** The topology, or the Sentinels where the look began. */
  readonly subject: string;
  readonly examined: readonly Examined[];
}

/** Sentinels that somebody else may have made. */
export interface Strangers {
  readonly sentinels: readonly Address[];
  /** Other servers of theirs, which may be told the password when a Sentinel lists them. */
  readonly nodes: readonly Address[];
  /** Only this master. */
  readonly masterName?: string;
  readonly access: DoorKeys;
  /** Also have every Sentinel save its conf: that writes. */
  readonly deep: boolean;
}

/**
 * Find the causes of trouble in a topology of rsent: all that `status` finds, and what no single
 * look at a node shows.
 * @throws RsentError `topology` when there is none of that name, `engine` when it does not answer
 */
export async function doctor(
  context: Context,
  name: string,
  options: { readonly deep: boolean },
): Promise<DoctorResult> {
  const { access } = await findKnown(context, name);
  const { expectation, targets, observation, verdict } = await status(context, name, {
    deep: options.deep,
    flush: true,
  });
  const door = (address: Address) => {
    const target = targets.find((each) => sameAddress(each.address, address));
    return target === undefined ? address : fromHere(target.published);
  };
  // Where a node does not run, anybody may listen; and anybody may have Sentinels list an address.
  const running = observation.nodes.filter(({ container }) => container === 'running');
  const dials = (address: Address) =>
    targets.some(
      (target) =>
        sameAddress(target.address, address) && running.some(({ name }) => name === target.name),
    );
  const visitor = new Visitor({ access, door, dials, flush: false });
  try {
    const starts = targets.map(({ address }) => address);
    const { masterName } = expectation;
    const subject = { masterName, starts, expectation, ...here(), known: verdict.findings };
    context.progress.stage(`Asking every node of ${name}, and listening to its Sentinels`);
    const examined = await examine(visitor, subject, context.signal);
    context.progress.done();
    return { subject: name, examined: [examined] };
  } finally {
    visitor.close();
  }
}

/**
 * The same of any Sentinels that can be reached, whoever made them.
 * @throws RsentError `topology` when no Sentinel answers there, or it has no such master
 */
export async function doctorOf(
  { progress, signal }: Pick<Context, 'progress' | 'signal'>,
  { sentinels, nodes, masterName, access, deep }: Strangers,
): Promise<DoctorResult> {
  const visitor = new Visitor({ access, door: (address) => address, flush: deep });
  try {
    const names = await masterNames(visitor, sentinels, masterName);
    progress.stage(`Asking everyone who takes part under ${names.join(', ')}, and listening`);
    const examined = await Promise.all(
      names.map((name) => {
        const subject = { masterName: name, starts: sentinels, doors: sentinels, nodes, ...here() };
        return examine(visitor, subject, signal);
      }),
    );
    progress.done();
    return { subject: sentinels.map(addressText).join(', '), examined };
  } finally {
    visitor.close();
  }
}

function here() {
  const onlyHere = reachedOnlyHere();
  return { onlyHere: ({ ip }: Address) => onlyHere(ip) };
}

/**
 * The names under which these Sentinels monitor masters. One that does not answer keeps nobody from
 * asking the others.
 * @throws RsentError `topology` when none of them answers, or none has such a master
 */
async function masterNames(
  visitor: Visitor,
  sentinels: readonly Address[],
  wanted: string | undefined,
): Promise<string[]> {
  const asked = await Promise.all(
    sentinels.map(async (address) => ({ address, masters: await visitor.masters(address) })),
  );
  const names = new Set(asked.flatMap(({ masters }) => ('names' in masters ? masters.names : [])));
  if (wanted !== undefined && names.has(wanted)) return [wanted];
  if (wanted === undefined && names.size > 0) return [...names];
  const closed = asked.filter(({ masters }) => !('names' in masters));
  if (closed.length === asked.length) throw noDoor(asked);
  const where = asked
    .filter((each) => !closed.includes(each))
    .map(({ address }) => addressText(address))
    .join(', ');
  const what = wanted === undefined ? 'no master' : `no master named ${shown(wanted)}`;
  throw new RsentError('topology', `${where} monitors ${what}.`, {
    hint:
      names.size > 0
        ? `It monitors ${[...names].join(', ')}.`
        : 'Its conf has no "sentinel monitor" line, or could not be saved before a restart.',
  });
}

interface Door {
  readonly address: Address;
  readonly masters: Awaited<ReturnType<Visitor['masters']>>;
}

/** Nobody could be asked: every door in a sentence of its own, and what each asks for. */
function noDoor(doors: readonly Door[]): RsentError {
  const words = doors.map(({ address, masters }) => {
    const at = addressText(address);
    if (!('why' in masters)) {
      const text = `${at} is a data node, no Sentinel.`;
      return { text, hint: 'Sentinels listen on port 26379 as a rule.' };
    }
    const { fix } = ruleFor(masters.why);
    const text = `${at} does not let rsent ask: ${masters.why.replace(/\.$/, '')}.`;
    return { text, hint: `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.` };
  });
  return new RsentError('topology', words.map(({ text }) => text).join(' '), {
    hint: [...new Set(words.map(({ hint }) => hint))].join(' '),
  });
}
