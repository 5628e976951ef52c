import { judgedOf } from './goals.js';
import type { Row, Section } from './result.js';
import { ROWS } from './rows.js';
import { spreadOf } from './spread.js';

/** What the rounds gave. */
export interface Collected {
  /** Figures by the id of their row. */
  readonly samples: ReadonlyMap<string, readonly number[]>;
  /** Rounds that ended in an error, by the id of the row. */
  readonly failed: ReadonlyMap<string, number>;
  /** Why a row has no figures, by its id. */
  readonly missing: ReadonlyMap<string, string>;
}

/** All rows of these sections, with what came of their goals. */
export function rowsOf(sections: readonly Section[], collected: Collected): Row[] {
  const { samples, failed, missing } = collected;
  const spread = (id: string) => spreadOf(samples.get(id) ?? []);
  return ROWS.filter(({ section }) => sections.includes(section)).map((kind) => {
    const [own, why] = [spread(kind.id), missing.get(kind.id)];
    return {
      ...kind,
      ...(own === undefined ? {} : { spread: own }),
      ...(why === undefined ? {} : { missing: why }),
      samples: samples.get(kind.id) ?? [],
      failed: failed.get(kind.id) ?? 0,
      goals: judgedOf(kind.id, (id) => spread(id)?.median),
    };
  });
}
