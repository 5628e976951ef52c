import type {
  FailoverStep,
  SentinelEvent,
  StepNumber,
  TimedEvent,
  Timings,
} from '../model/timeline.js';
import { type Address, sameAddress } from '../model/topology.js';
import { instanceOf, isAboutMaster } from './events.js';

/** What happened, as the Sentinels told it and as rsent saw for itself. Times: Date.now(), ms. */
export interface Recording {
  /** When the fault was made or the hand-over asked for. */
  readonly faultAt: number;
  /** Address of the node that was master. */
  readonly victim: Address;
  readonly events: readonly SentinelEvent[];
  /** A hand-over that was asked for: nobody had to notice anything. */
  readonly requestedOf?: string;
  /** When the old master was a replica in sync, as it said itself. */
  readonly rejoinedAt?: number;
}

const STEP_NAMES: Readonly<Record<StepNumber, string>> = {
  1: 'master found gone and confirmed',
  2: 'leader elected',
  3: 'replica selected and promoted',
  4: 'other replicas repointed',
  5: 'clients told',
  6: 'old master back as a replica',
};

/** Which step an event belongs to (sentinel.c; the order is that of the failover state machine). */
const STEP_OF: Readonly<Record<string, StepNumber>> = {
  '+sdown': 1,
  '+odown': 1,
  '+new-epoch': 2,
  '+try-failover': 2,
  '+vote-for-leader': 2,
  '+elected-leader': 2,
  '+failover-state-select-slave': 2,
  '+selected-slave': 3,
  '+failover-state-send-slaveof-noone': 3,
  '+failover-state-wait-promotion': 3,
  '+promoted-slave': 3,
  '+failover-state-reconf-slaves': 3,
  '+slave-reconf-sent': 4,
  '+slave-reconf-inprog': 4,
  '+slave-reconf-done': 4,
  '+failover-end': 4,
  '+failover-end-for-timeout': 4,
  '+config-update-from': 5,
  '+switch-master': 5,
  '+convert-to-slave': 6,
  '+role-change': 6,
};

/**
 * The steps in the order in which they really began, each with its events. Of several attempts,
 * steps 2 and 3 tell the last one; what it took until then shows in their time.
 */
export function stepsOf(recording: Recording): FailoverStep[] {
  const byStep = new Map<StepNumber, TimedEvent[]>();
  for (const event of relevant(recording)) {
    const step = stepOf(event, recording);
    if (step === undefined) continue;
    byStep.set(step, [...(byStep.get(step) ?? []), timed(event, recording)]);
  }
  addOwn(byStep, recording);
  return [...byStep]
    .map(([step, events]) => ({
      step,
      name: nameOf(step, recording),
      atMs: events[0]?.atMs ?? 0,
      events,
    }))
    .sort((a, b) => a.atMs - b.atMs || a.step - b.step);
}

/** When each thing was accomplished. What never happened is absent. */
export function timingsOf(recording: Recording): Timings {
  const events = relevant(recording);
  const first = (...channels: string[]) => events.find(({ channel }) => channels.includes(channel));
  const last = (...channels: string[]) =>
    events.findLast(({ channel }) => channels.includes(channel));
  const moments: { [K in keyof Timings]: number | undefined } = {
    suspected: events.find((event) => event.channel === '+sdown' && isAboutMaster(event))?.at,
    agreed: first('+odown')?.at,
    elected: first('+elected-leader')?.at,
    promoted: first('+promoted-slave')?.at,
    switched: first('+switch-master')?.at,
    reconfigured: (last('+slave-reconf-done') ?? first('+failover-end'))?.at,
    rejoined: recording.rejoinedAt,
  };
  const known = Object.entries(moments).filter(([, at]) => at !== undefined);
  return Object.fromEntries(known.map(([name, at]) => [name, Number(at) - recording.faultAt]));
}

/**
 * How many times a replica was promoted: the leader of each failover says so once. Where no leader
 * was heard, the masters that clients were told of are counted.
 */
export function promotionsOf({ events, faultAt }: Recording): number {
  const since = events.filter(({ at }) => at >= faultAt);
  const told = since
    .filter(({ channel }) => channel === '+switch-master')
    .map(({ payload }) => payload.split(' ').slice(3).join(' '));
  const seen = since.filter(({ channel }) => channel === '+promoted-slave').length;
  return Math.max(seen, new Set(told).size);
}

/** Everything the Sentinels said since the fault, oldest first. */
export function eventsOf(recording: Recording): TimedEvent[] {
  return recording.events
    .filter(({ at }) => at >= recording.faultAt)
    .sort((a, b) => a.at - b.at)
    .map((event) => timed(event, recording));
}

/**
 * Events since the fault, oldest first: the first detection, and all from the start of the
 * attempt that promoted somebody. Other Sentinels may try, and give up, before and meanwhile.
 */
function relevant({ events, faultAt }: Recording): SentinelEvent[] {
  const since = events.filter(({ at }) => at >= faultAt).sort((a, b) => a.at - b.at);
  const startAt = winningAttempt(since);
  return since.filter((event) => event.at >= startAt || STEP_OF[event.channel] === 1);
}

/** When the attempt that promoted somebody began; without a promotion, all attempts are told. */
function winningAttempt(since: readonly SentinelEvent[]): number {
  const promotion = since.findIndex(({ channel }) => channel === '+promoted-slave');
  const winner = since[promotion]?.sentinel;
  const own = since.slice(0, Math.max(0, promotion)).filter(({ sentinel }) => sentinel === winner);
  const tried = own.findLastIndex(({ channel }) => channel === '+try-failover');
  const announced = own[tried - 1];
  // The new epoch comes first, in the same tick (sentinel.c, sentinelStartFailover).
  if (announced?.channel === '+new-epoch') return announced.at;
  return own[tried]?.at ?? lastAbort(own);
}

/** Where the start of the attempt was not heard: it began after the last one was given up. */
function lastAbort(own: readonly SentinelEvent[]): number {
  return own.findLast(({ channel }) => channel.startsWith('-failover-abort'))?.at ?? 0;
}

function stepOf(event: SentinelEvent, { victim }: Recording): StepNumber | undefined {
  const step = STEP_OF[event.channel];
  if (step === 1) return isAboutMaster(event) ? step : undefined;
  if (step !== 6) return step;
  const instance = instanceOf(event);
  const isVictim = instance?.type === 'slave' && sameAddress(instance.address, victim);
  return isVictim ? step : undefined;
}

/** What no Sentinel publishes: the request for a hand-over, and the old master in sync. */
function addOwn(byStep: Map<StepNumber, TimedEvent[]>, recording: Recording): void {
  if (recording.requestedOf !== undefined) {
    const detail = 'asked for, so that nobody had to notice a loss';
    byStep.set(1, [
      { atMs: 0, sentinel: recording.requestedOf, event: 'SENTINEL FAILOVER', detail },
    ]);
  }
  if (recording.rejoinedAt !== undefined) {
    const atMs = recording.rejoinedAt - recording.faultAt;
    const own = { atMs, sentinel: '', event: 'in sync', detail: 'as the node itself says' };
    byStep.set(
      6,
      [...(byStep.get(6) ?? []), own].sort((a, b) => a.atMs - b.atMs),
    );
  }
}

function nameOf(step: StepNumber, { requestedOf }: Recording): string {
  return step === 1 && requestedOf !== undefined ? 'hand-over requested' : STEP_NAMES[step];
}

function timed(event: SentinelEvent, { faultAt }: Recording): TimedEvent {
  const { at, sentinel, channel, payload } = event;
  return { atMs: at - faultAt, sentinel, event: channel, detail: payload };
}
