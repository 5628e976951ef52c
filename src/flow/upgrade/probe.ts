import { type Span, writesIn } from '../../drill/stages.js';
import { expectRecord } from '../../health/expect.js';
import { ofKind } from '../../model/topology.js';
import type { StageWrites, UpgradeReport } from '../../model/upgrade.js';
import { ClientProbe, type Place } from '../drill/client-probe.js';
import type { Target } from '../observe.js';
import { recordTargets } from '../targets.js';
import { NEVER, waitFor } from '../wait.js';
import type { Gone } from './roll.js';
import { masterNow, type Setting } from './setting.js';

interface Pace {
  readonly ratePerS: number;
  readonly wait: number;
}

/** What clients saw, stage by stage and in all. */
export interface Measured {
  readonly stages: readonly StageWrites[];
  readonly whole: NonNullable<UpgradeReport['writes']>;
}

/** For a master to be there when all is over (ms). */
const MASTER_MS = 10_000;

/** The clients that write while nodes come and go. */
export class UpgradeProbe {
  readonly #setting: Setting;
  readonly #pace: Pace;
  readonly #place: Place;
  readonly #probe: ClientProbe;

  private constructor(setting: Setting, pace: Pace, place: Place, probe: ClientProbe) {
    this.#setting = setting;
    this.#pace = pace;
    this.#place = place;
    this.#probe = probe;
  }

  /**
   * Begin to write; resolves when writes are acknowledged. Undefined when none is wanted.
   * @throws RsentError `refused` when none is
   */
  static async start(setting: Setting, pace: Pace): Promise<UpgradeProbe | undefined> {
    if (pace.ratePerS === 0) return undefined;
    const { context, known, observer } = setting;
    const { record, access } = known;
    const master = await masterTarget(setting);
    if (master === undefined) return undefined;
    const place = { context, record, access, observer, master, expectation: expectRecord(record) };
    // While a replica is away, no more than the others can have a write.
    const others = ofKind(record.placement.nodes, 'redis').length - 2;
    const wait = Math.max(0, Math.min(pace.wait, others));
    // Each node may take as long as that to be back.
    const longestMs = setting.timeoutMs * record.placement.nodes.length;
    const order = { ratePerS: pace.ratePerS, wait, isolated: false, longestMs };
    const probe = await ClientProbe.start(place, order);
    return new UpgradeProbe(setting, { ...pace, wait }, place, probe);
  }

  /** Stop writing and look every write up on the master. Undefined when there is no master. */
  async finish(gone: readonly Gone[]): Promise<Measured | undefined> {
    const master = await waitFor(() => masterTarget(this.#setting), {
      ...{ deadline: Date.now() + MASTER_MS, everyMs: 100, signal: NEVER },
    });
    if (master === undefined) {
      await this.#probe.abandon(this.#place);
      return undefined;
    }
    const ledger = await this.#probe.readBack(this.#place, master);
    const all: Span = { fromAt: gone[0]?.fromAt ?? 0, toAt: Number.POSITIVE_INFINITY };
    return {
      stages: spansOf(gone).map((span) => writesIn(ledger, span)),
      whole: { ...writesIn(ledger, all), ...this.#pace },
    };
  }

  /** The same in one sentence, for the end of an upgrade that failed. */
  async sentence(gone: readonly Gone[]): Promise<string | undefined> {
    const measured = await this.finish(gone).catch(() => undefined);
    if (measured === undefined) return undefined;
    const { acknowledged, lost, longestGapMs } = measured.whole;
    return `Clients meanwhile: ${acknowledged} writes acknowledged, ${lost} of them lost, ${longestGapMs} ms without one at the longest.`;
  }
}

/** Without gaps: what happens between two stages belongs to the earlier one. */
function spansOf(gone: readonly Gone[]): Span[] {
  return gone.map(({ fromAt }, i) => ({
    fromAt,
    toAt: gone[i + 1]?.fromAt ?? Number.POSITIVE_INFINITY,
  }));
}

async function masterTarget(setting: Setting): Promise<Target | undefined> {
  const { context, known } = setting;
  const name = await masterNow(setting);
  return recordTargets(known.record, context.home).find((each) => each.name === name);
}
