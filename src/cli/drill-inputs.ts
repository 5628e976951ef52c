import { resolve } from 'node:path';
import type { Chosen } from '../drill/campaign.js';
import type { DrillOptions } from '../flow/drill/options.js';
import { assertWritable } from '../host/disk.js';
import type { How } from '../model/drill.js';
import { messageOf, RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import { tooShort } from '../spec/bounds.js';
import { durationOf } from './inputs.js';
import { type Arguments, many, once, text } from './options.js';
import type { DeclaredOptions } from './typed.js';

/** How each drill is measured, judged and written down; of `failover` and `drill` alike. */
export const DRILL = {
  rate: text('writes a second of the probe (200; 0: no probe)'),
  wait: text('count a write only once so many replicas have it (WAIT; 0)'),
  'keep-writing': text(
    'how long the probe writes on after the fault (15s where losses may follow)',
  ),
  'max-downtime': text('fail when no write is acknowledged for longer'),
  'max-lost': text('fail when more acknowledged writes are lost'),
  junit: text('write a JUnit report to this file'),
  html: text('write a page with the timeline to this file'),
  'down-after': text('silence after which a node counts as down, for this drill only'),
  timeout: text('time to be healthy again afterwards (60s)'),
} as const satisfies DeclaredOptions;

/** What only `drill` takes. */
export const CAMPAIGN = {
  only: many('run these alone: a kind (crash) or a title ("crash master")'),
  skip: many('leave these out: a kind or a title'),
} as const satisfies DeclaredOptions;

/** What only `failover` takes. */
export const FAILOVER = {
  how: {
    string: true,
    requiresArg: true,
    choices: ['crash', 'shutdown', 'hang', 'partition', 'manual'],
    describe: 'crash, shutdown, hang (frozen), partition (cut off) or manual (planned)',
    defaultDescription: 'crash',
  },
  target: text('node, role or role with a count, several with commas: sentinel:2,master (master)'),
  manual: {
    type: 'boolean',
    describe: 'the same as --how manual: a planned hand-over, without losing a write',
  },
  plain: {
    type: 'boolean',
    describe: 'with --how manual: SENTINEL FAILOVER and nothing else, to see what it costs',
  },
  for: text('how long a hang or a partition lasts (until something came of it)'),
  to: text('the replica that should be promoted'),
  repeat: text('do it so many times, and tell how the figures are spread (1)'),
} as const satisfies DeclaredOptions;

/** What all drills of one command have in common. */
export type Common = Omit<DrillOptions, 'how' | 'target' | 'forMs' | 'onStep'>;

/** Where reports go besides the terminal. */
export interface ReportFiles {
  readonly junit?: string;
  readonly html?: string;
}

const MOST_WRITES = 10_000;
const MOST_REPEATS = 1000;

/** Reads flags one by one and collects what is wrong with them. */
export class DrillFlags {
  readonly #args: Arguments;
  readonly #problems: string[] = [];

  constructor(args: Arguments) {
    this.#args = args;
  }

  common(): Common {
    const ratePerS = this.#count('rate', 0, MOST_WRITES) ?? 200;
    const maxDowntimeMs = this.#duration('max-downtime');
    const maxLost = this.#count('max-lost', 0, Number.MAX_SAFE_INTEGER);
    const keepWritingMs = this.#duration('keep-writing');
    const downAfterMs = this.#duration('down-after');
    const short = downAfterMs === undefined ? undefined : tooShort('downAfter', downAfterMs);
    if (short !== undefined) this.problem(`--down-after ${short}.`);
    const wait = this.#count('wait', 0, 100) ?? 0;
    const judged = maxDowntimeMs !== undefined || maxLost !== undefined;
    if (ratePerS === 0 && (judged || wait > 0 || keepWritingMs !== undefined)) {
      this.problem(
        '--rate is 0: without a probe there is nothing for --max-downtime, --max-lost, --wait or --keep-writing to measure.',
      );
    }
    return {
      ratePerS,
      wait,
      timeoutMs: this.#duration('timeout') ?? 60_000,
      budget: {
        ...(maxDowntimeMs === undefined ? {} : { maxDowntimeMs }),
        ...(maxLost === undefined ? {} : { maxLost }),
      },
      ...(keepWritingMs === undefined ? {} : { keepWritingMs }),
      ...(downAfterMs === undefined ? {} : { downAfterMs }),
    };
  }

  chosen(): Chosen {
    return { only: this.#words('only'), skip: this.#words('skip') };
  }

  failover(): Pick<DrillOptions, 'how' | 'target' | 'forMs' | 'to'> & { readonly repeat: number } {
    const how = this.#how();
    const forMs = this.#duration('for');
    const target = this.#text('target') ?? 'master';
    const isPlanned = how === 'manual' || how === 'plain';
    if (forMs !== undefined && how !== 'hang' && how !== 'partition') {
      this.problem(`--for is for --how hang and --how partition, not for ${how}.`);
    }
    if (isPlanned && target !== 'master') {
      this.problem(`--target is ${target}; a hand-over is always of the master.`);
    }
    const to = this.#text('to');
    return {
      how,
      target,
      repeat: this.#count('repeat', 1, MOST_REPEATS) ?? 1,
      ...(forMs === undefined ? {} : { forMs }),
      ...(to === undefined ? {} : { to }),
    };
  }

  /** Where the reports go; that they can be written there is known before anything is done. */
  async files(): Promise<ReportFiles> {
    const entries = (['junit', 'html'] as const).flatMap((flag) => {
      const path = this.#text(flag);
      return path === undefined ? [] : [[flag, path] as const];
    });
    const [first, second] = entries.map(([, path]) => resolve(path));
    if (first !== undefined && first === second) {
      this.problem(`--junit and --html are both ${first}; each needs a file of its own.`);
    }
    for (const [flag, path] of entries) {
      await assertWritable(path).catch((error) => this.problem(`--${flag}: ${messageOf(error)}`));
    }
    return Object.fromEntries(entries);
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  /** @throws RsentError `usage` with everything that was wrong */
  check(): void {
    if (this.#problems.length === 0) return;
    throw new RsentError('usage', this.#problems.join('\n'), { hint: 'Nothing was done.' });
  }

  #how(): How {
    const { how = this.#args['manual'] === true ? 'manual' : 'crash', manual, plain } = this.#args;
    const said = FAILOVER.how.choices.find((each) => each === how) as How | undefined;
    if (said === undefined || (manual === true && said !== 'manual')) {
      this.problem(
        `--how is ${String(how)}; legal is ${FAILOVER.how.choices.join(', ')}, and --manual is --how manual.`,
      );
    } else if (plain === true && said !== 'manual') {
      this.problem(`--plain is for --how manual, not for ${said}.`);
    }
    return plain === true ? 'plain' : (said ?? 'crash');
  }

  #words(flag: string): readonly string[] {
    const value = this.#args[flag];
    const given = value === undefined ? [] : [value].flat().map(String);
    const isEmpty = given.some((each) => each.trim() === '');
    if (isEmpty) this.problem(`--${flag} is empty; expected a kind of drill or a title.`);
    return given;
  }

  #text(flag: string): string | undefined {
    return this.#noting(() => once(this.#args, flag));
  }

  #duration(flag: string): number | undefined {
    return this.#noting(() => durationOf(this.#args, flag));
  }

  /** What one flag alone would be refused with is told with the rest. */
  #noting<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.problem(messageOf(error));
      return undefined;
    }
  }

  #count(flag: string, least: number, most: number): number | undefined {
    const value = this.#args[flag];
    if (value === undefined) return undefined;
    const count = /^\d{1,15}$/.test(String(value)) ? Number(value) : Number.NaN;
    if (count >= least && count <= most) return count;
    const limit = most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ' or more';
    this.problem(`--${flag} is ${shown(value)}; legal is a whole number, ${least}${limit}.`);
    return undefined;
  }
}
