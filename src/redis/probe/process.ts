import type { ProbeRead, ProbeWrite } from '../../model/client.js';
import { follower, reader, sticky } from './clients.js';
import type { Heard, ProbeOrder, Told } from './messages.js';
import { Reader, Writer } from './paced.js';

/**
 * The probe runs in a process of its own: what rsent does meanwhile cannot slow it down, and what
 * it costs can be measured. It ends with its parent.
 */

/** How often what was collected is handed over (ms). */
const HAND_OVER_MS = 500;
/** How often the clients are woken up, where the rate does not ask for less (ms). */
const TICK_MS = 50;
/** How soon a write that the new master refused is followed by the next one (ms). */
const REFUSED_TICK_MS = 10;

// A Ctrl-C in a terminal reaches this process too; its parent says when to stop.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

process.on('message', (told: Told) => {
  if ('order' in told) run(told.order);
});

function run(order: ProbeOrder): void {
  const writes: ProbeWrite[] = [];
  const reads: ProbeRead[] = [];
  const { following, others } = clientsOf(order, writes, reads);
  const began = { cpu: process.cpuUsage(), at: Date.now() };
  const handOver = () => {
    if (writes.length > 0) tell({ writes: writes.splice(0), reads: reads.splice(0) });
  };
  let othersAt = 0;
  const pacing = pace(order.ratePerS, (now, times) => {
    following.tick(now, times);
    if (now - othersAt >= TICK_MS - REFUSED_TICK_MS) {
      for (const other of others) other.tick(now, 1);
      othersAt = now;
    }
    return following.isRefusedYet(now) ? REFUSED_TICK_MS : TICK_MS;
  });
  const handing = setInterval(handOver, HAND_OVER_MS);
  const clients = [following, ...others];
  const pause = () => {
    pacing.stop();
    clearInterval(handing);
  };
  process.once('disconnect', () => {
    pause();
    for (const client of clients) client.close();
  });
  process.on('message', async (told: Told) => {
    if (!('stop' in told)) return;
    const { user, system } = process.cpuUsage(began.cpu);
    const overMs = Date.now() - began.at;
    const cpuMs = (user + system) / 1000;
    pause();
    await Promise.all(clients.map((client) => client.finish()));
    handOver();
    tell({ cost: { cpuMs, overMs, cpuPercent: (100 * cpuMs) / overMs } });
  });
}

function clientsOf(order: ProbeOrder, writes: ProbeWrite[], reads: ProbeRead[]) {
  const following = new Writer(follower(order), order, 'follower', writes);
  // The sticky client and the reads only show for how long somebody serves: once in a tick.
  const others = [
    new Writer(sticky(order), order, 'sticky', writes),
    ...(order.reads ? [new Reader(reader(order), () => following.lastKey, reads)] : []),
  ];
  return { following, others };
}

/**
 * Ticks, each time with how many writes are due; what was missed is not made up for.
 * @param tick gives the time until the next one is wanted (ms)
 */
function pace(ratePerS: number, tick: (now: number, times: number) => number) {
  const startedAt = performance.now();
  const most = Math.ceil((2 * ratePerS * TICK_MS) / 1000);
  let written = 0;
  let timer: NodeJS.Timeout;
  const next = () => {
    const due = Math.floor(((performance.now() - startedAt) * ratePerS) / 1000);
    const times = Math.min(most, due - written);
    written = due;
    const wantedMs = times > 0 ? tick(Date.now(), times) : TICK_MS;
    timer = setTimeout(next, Math.max(wantedMs, 1000 / ratePerS));
  };
  timer = setTimeout(next, 0);
  return { stop: () => clearTimeout(timer) };
}

function tell(heard: Heard): void {
  if (process.connected) process.send?.(heard);
}
