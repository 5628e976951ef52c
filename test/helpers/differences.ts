import type { TopologySpec } from '../../src/model/spec.js';
import { differences, differenceText } from '../../src/spec/differences.js';

/** What differs, a line each. */
export function differenceLines(existing: TopologySpec, asked: TopologySpec): string[] {
  return differences(existing, asked).map(differenceText);
}
